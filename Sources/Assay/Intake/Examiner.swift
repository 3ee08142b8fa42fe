internal import Cryptography
internal import Imaging
internal import Postgres
internal import Site
internal import Storage
internal import Web

/// The second stage: decodes a picture once, in a bounded child process.
struct Examiner {
  private let decoders: DecoderSession
  private let types: Set<ImageType>
  private let budget: UploadBudget?
  private let db: Connection

  /// Makes an examiner.
  /// - Parameter types: the accepted types.
  init(_ context: Context, _ types: Set<ImageType>) throws {
    self.types = types
    budget = context.budget
    db = context.db
    decoders = context.site.decoders.session()
  }

  /// The result of an examination.
  enum Finding {
    /// A picture, and its previews; nil when they are still to be made.
    case picture(DecodedPicture, Digest, Previews?)
    case refused(Refusal.Reason)
  }

  /// Whether the request has time for another file.
  var hasTime: Bool { budget?.isLeft ?? true }

  /// Examines a complete file.
  ///
  /// The result is `busy` when the request has no time left, or no decoder is free.
  /// - Parameters:
  ///   - type: the type recognized from the first bytes; nil when it is not a picture.
  ///   - etag: the client's etag without quotes, if given.
  ///   - isAgain: whether the file was probably uploaded before; a known file is not decoded again.
  func examine(
    _ file: IncomingFile, as type: ImageType?, etag: String? = nil, isAgain: Bool = false
  ) throws -> Finding {
    guard file.size > 0 else { return .refused(.empty) }
    let limit = budget?.begin()
    guard budget == nil || limit != nil else { return .refused(.busy) }
    let sha256 = file.digest()
    if let etag, !Self.matches(etag, sha256) { return .refused(.etag) }
    guard let type, types.contains(type) else { return .refused(.notAnImage(types)) }
    if isAgain, let known = try BlobQueries.picture(sha256, db) {
      return .picture(known, sha256, nil)
    }
    do throws(DecodeFailure) {
      let found = try decoders.examine(file.descriptor, as: type, PreviewSize.sides, within: limit)
      // The jobs try again what failed, and record the reason.
      return .picture(
        DecodedPicture(found.picture, try? found.inspection.get()), sha256,
        try? found.previews.get())
    } catch {
      return .refused(Self.reason(error, limit: limit))
    }
  }

  /// Whether an etag without quotes is the SHA-256 of the content; an empty etag always matches.
  static func matches(_ etag: String, _ sha256: Digest) -> Bool {
    etag.isEmpty || etag.lowercased() == "\(sha256)"
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
