internal import Cryptography
internal import Glibc
internal import HTTP
internal import Imaging

/// Short-lived addresses of stored bytes that a browser's `<img>` can load from nginx.
struct ImageLinks: Sendable {
  private let origin: String
  private let key: String
  private let expires: Int
  private let frame: MediaAddress.Frame

  /// Seconds a link lasts at least.
  private static let lifetime = 3600
  /// Links made within so many seconds are equal, so that browsers may cache what they show.
  private static let rounding = 900
  /// Seconds after which no link to what a row no longer names can be valid, with a minute for the
  /// answer that was being made.
  static let longestLife = lifetime + rounding + 60

  /// Links that begin with the configured address, or the one this request came to.
  init(_ request: Request, _ config: Config) {
    origin = config.publicURL ?? request.origin
    key = config.linkKey
    expires = (time(nil) / Self.rounding + 1) * Self.rounding + Self.lifetime
    frame = MediaAddress.Frame(origin: origin, expires: expires, key: key)
  }

  /// The address of stored bytes, to be written into an answer.
  func address(_ digest: Digest, _ suffix: MediaAddress.Suffix) -> MediaAddress {
    MediaAddress(digest, suffix, frame)
  }

  /// The address of a version's small preview, as `preview` gives it, to be written into an answer.
  func previewAddress(_ sha256: Digest, version: Int?, mime: String) -> MediaAddress {
    let suffix =
      version.map { MediaAddress.Suffix(PreviewVersion.suffix($0, .small)) }
      ?? MediaAddress.Suffix(mime: mime)
    return address(sha256, suffix)
  }

  /// The address of stored bytes.
  func url(_ sha256: Digest, mime: String) -> String {
    let type = ImageType.allCases.first { $0.mime == mime }
    let suffix = type?.fileExtension ?? (mime == StoredBytes.textType ? "txt" : "bin")
    return signed("/media/\(Hex.encode(sha256)).\(suffix)")
  }

  /// The address of a version's preview; of the original while there is none, so that it works at once.
  func preview(
    _ sha256: Digest, _ size: PreviewSize = .small, version: Int?, mime: String
  ) -> String {
    guard let version else { return url(sha256, mime: mime) }
    return signed("/media/\(Hex.encode(sha256))\(PreviewVersion.suffix(version, size))")
  }

  private func signed(_ path: String) -> String {
    "\(origin)\(path)?\(SignedLink.query(path: path, expires: expires, key: key))"
  }
}
