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
    case refused(Refusal.Reason)
  }

  /// Whether the request has time for another file.
  var hasTime: Bool { budget?.isLeft ?? true }

  /// Examines a complete file and stores it under its content's name when it is a picture.
  ///
  /// Refuses as `busy` when the request has no time left, or no decoder is to be had.
  /// - Parameters:
  ///   - etag: what the client believes the content to be, when it says so.
  ///   - again: whether the file is likely to have come before: then it is not decoded once more.
  func examine(
    _ file: IncomingFile, named filename: String, etag: String? = nil, again: Bool = false
  ) throws -> Finding {
    guard file.size > 0 else { return .refused(.empty) }
    let limit = budget?.begin()
    guard budget == nil || limit != nil else { return .refused(.busy) }
    let sha256 = file.digest()
    if let etag, !Self.names(etag, sha256) { return .refused(.etag) }
    guard let type = file.head.withUnsafeBytes({ sniffer.imageType(of: $0) }), types.contains(type)
    else { return .refused(.notAnImage(types)) }
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
  static func names(_ etag: String, _ sha256: Digest) -> Bool {
    etag.isEmpty || etag.lowercased() == Hex.encode(sha256)
  }

  private static func reason(_ failure: DecodeFailure, limit: Int?) -> Refusal.Reason {
    switch failure {
    case .refused(let sentence): return .undecodable(sentence)
    case .tooLarge(let width, let height): return .tooManyPixels(width: width, height: height)
    case .crashed: return .decoderCrashed
    case .timedOut:
      let isOurs = limit.map { $0 < DecodeLimits().wallMilliseconds } ?? false
      return isOurs ? .busy : .decodedTooSlowly
    case .unavailable: return .busy
    }
  }
}
