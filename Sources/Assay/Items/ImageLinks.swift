internal import Cryptography
internal import Glibc
internal import HTTP
internal import Imaging
internal import Postgres
internal import Site
internal import Storage
internal import Vocabulary

/// Short-lived addresses of stored bytes for `<img>`, served by nginx.
struct ImageLinks: Sendable {
  private let origin: String
  private let key: String
  /// The end of the links' validity, in seconds since 1970.
  private let expires: Int
  private let frame: MediaAddress.Frame

  /// Makes links with the public URL, or with the request's origin.
  init(_ request: Request, _ config: Config) {
    origin = config.publicURL ?? request.origin
    key = config.linkKey
    expires = (time(nil) / LinkLife.rounding + 1) * LinkLife.rounding + LinkLife.shortest
    frame = MediaAddress.Frame(origin: origin, expires: expires, key: key)
  }

  /// The end of the links' validity.
  var expiresAt: Timestamp { Timestamp(microseconds: Int64(expires) * 1_000_000) }

  /// Returns the address of stored bytes, for an answer.
  func address(_ digest: Digest, _ suffix: MediaAddress.Suffix) -> MediaAddress {
    MediaAddress(digest, suffix, frame)
  }

  /// Returns the address of a version's small preview, for an answer; see `preview`.
  func previewAddress(_ sha256: Digest, version: Int?, mime: String) -> MediaAddress {
    let suffix =
      version.map { MediaAddress.Suffix(PreviewVersion.suffix($0, .small)) }
      ?? MediaAddress.Suffix(mime: mime)
    return address(sha256, suffix)
  }

  /// Returns the address of stored bytes.
  func url(_ sha256: Digest, mime: String) -> String {
    let type = ImageType.allCases.first { $0.mime == mime }
    let suffix = type?.fileExtension ?? (mime == StoredBytes.textType ? "txt" : "bin")
    return signed("/media/\(Hex.encode(sha256)).\(suffix)")
  }

  /// Returns the address of a version's preview, or of the original while there is no preview.
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
