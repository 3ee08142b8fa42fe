internal import Cryptography
internal import HTTP
internal import Imaging
internal import Postgres

/// Looks at received bytes: libmagic first, then a full decode in a bounded child.
struct Examiner {
  private let site: Site
  private let sniffer: Sniffer
  private let decoders: DecoderSession
  private let types: Set<ImageType>
  private let budget: UploadBudget?
  private let db: Connection

  /// The reason for a file that was not looked at, and may be taken when it comes again.
  static let later = "The service is busy: send this file again."

  /// - Parameter types: what is taken; anything else is refused.
  init(_ context: Context, _ types: Set<ImageType> = ImageType.root) throws {
    self.types = types
    site = context.site
    budget = context.budget
    db = context.db
    decoders = site.decoders.session()
    sniffer = try site.sniffer()
  }

  /// What an examination finds.
  enum Finding {
    case picture(StoredBytes)
    /// Not taken, for a reason that the client is told.
    case refused(String)
  }

  /// Whether the request has time for another file.
  var hasTime: Bool { budget?.isLeft ?? true }

  /// Examines a complete file and stores it under its content's name when it is a picture.
  ///
  /// Refuses with `later` when the request has no time left, or no decoder is to be had.
  /// - Parameters:
  ///   - etag: what the client believes the content to be, when it says so.
  ///   - again: whether the file is likely to have come before: then it is not decoded once more.
  func examine(
    _ file: IncomingFile, named filename: String, etag: String? = nil, again: Bool = false
  ) throws -> Finding {
    guard file.size > 0 else { return .refused("The file is empty.") }
    let limit = budget?.begin()
    guard budget == nil || limit != nil else { return .refused(Self.later) }
    let sha256 = file.digest()
    if let etag, !Self.names(etag, sha256) { return .refused("The etag is another file's.") }
    guard let type = file.head.withUnsafeBytes({ sniffer.imageType(of: $0) }), types.contains(type)
    else { return .refused("The file is not a \(types.names) image.") }
    if again, let known = try ItemQueries.picture(sha256, named: filename, db) {
      try site.store.keep(file, sha256: sha256)
      return .picture(known)
    }
    let picture: Picture
    do throws(DecodeFailure) {
      picture = try decoders.verify(file.descriptor, as: type, within: limit)
    } catch {
      return .refused(Self.reason(error, limit: limit))
    }
    try site.store.keep(file, sha256: sha256)
    return .picture(StoredBytes(picture, sha256: sha256, size: file.size, named: filename))
  }

  /// Whether an etag, without quotes, is the content's SHA-256; an empty one says nothing.
  static func names(_ etag: String, _ sha256: [UInt8]) -> Bool {
    etag.isEmpty || etag.lowercased() == Hex.encode(sha256)
  }

  private static func reason(_ failure: DecodeFailure, limit: Int?) -> String {
    switch failure {
    case .refused(let reason): return reason
    case .tooLarge(let width, let height):
      return "The image is \(width) by \(height) pixels; at most 100 megapixels are taken."
    case .crashed: return "The image could not be decoded within the limits."
    case .timedOut:
      let isOurs = limit.map { $0 < DecodeLimits().wallMilliseconds } ?? false
      return isOurs ? later : "The image took too long to decode."
    case .unavailable: return later
    }
  }
}
