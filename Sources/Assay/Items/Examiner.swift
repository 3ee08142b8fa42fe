internal import Cryptography
internal import HTTP
internal import Imaging

/// Looks at received bytes: libmagic first, then a full decode in a bounded child.
struct Examiner {
  private let site: Site
  private let sniffer: Sniffer
  private let types: Set<ImageType>

  /// - Parameter types: what is taken; anything else is refused.
  init(_ context: Context, _ types: Set<ImageType> = ImageType.root) throws {
    self.types = types
    site = context.site
    sniffer = try context.sniffer()
  }

  /// What an examination finds.
  enum Finding {
    case picture(StoredBytes)
    /// Not taken, for a reason that the client is told.
    case refused(String)
  }

  /// Examines a complete file and stores it under its content's name when it is a picture.
  /// - Throws: 503 when the fault is ours; nothing is stored then.
  /// - Parameter etag: what the client believes the content to be, when it says so.
  func examine(
    _ file: IncomingFile, named filename: String, etag: String? = nil
  ) throws -> Finding {
    guard file.size > 0 else { return .refused("The file is empty.") }
    let sha256 = file.digest()
    if let etag, !Self.names(etag, sha256) { return .refused("The etag is another file's.") }
    guard let type = file.head.withUnsafeBytes({ sniffer.imageType(of: $0) }), types.contains(type)
    else { return .refused("The file is not a \(types.names) image.") }
    let picture: Picture
    do throws(DecodeFailure) {
      picture = try site.decoders.verify(file.descriptor, as: type)
    } catch {
      return .refused(try Self.reason(error))
    }
    try site.store.keep(file, sha256: sha256)
    return .picture(StoredBytes(picture, sha256: sha256, size: file.size, named: filename))
  }

  /// Whether an etag, without quotes, is the content's SHA-256; an empty one says nothing.
  static func names(_ etag: String, _ sha256: [UInt8]) -> Bool {
    etag.isEmpty || etag.lowercased() == Hex.encode(sha256)
  }

  private static func reason(_ failure: DecodeFailure) throws(Problem) -> String {
    switch failure {
    case .refused(let reason): return reason
    case .tooLarge(let width, let height):
      return "The image is \(width) by \(height) pixels; at most 100 megapixels are taken."
    case .crashed: return "The image could not be decoded within the limits."
    case .timedOut: return "The image took too long to decode."
    case .unavailable: throw .unavailable("Images cannot be checked now: try again in a moment.")
    }
  }
}
