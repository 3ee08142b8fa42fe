internal import HTTP
internal import Imaging
internal import Site
internal import Storage
internal import Web

/// A refused file and the reason.
struct Refusal: WireOutput {
  let filename: String
  let reason: Reason

  init(_ filename: String, _ reason: Reason) {
    self.filename = filename
    self.reason = reason
  }

  /// Returns the first five refusals in one line.
  static func list(_ refused: [Refusal]) -> String {
    refused.prefix(5).map { "\($0.filename): \($0.reason.sentence)" }.joined(separator: " ")
  }

  static let fields: Fields<Refusal> = [
    Field("filename") { $0.filename },
    Field("reason") { $0.reason.sentence },
  ]
}

extension Refusal {
  /// The reason why a file was refused.
  enum Reason {
    /// Not examined, because there was no time or no free decoder; a new attempt may succeed.
    case busy
    case empty
    case tooLarge(limit: Int)
    case inField(String)
    /// The client's etag differs from the SHA-256 of the bytes.
    case etag
    case notAnImage(Set<ImageType>)
    case tooManyPixels(width: Int, height: Int)
    case decoderCrashed
    case decodedTooSlowly
    /// The sentence of the decoder.
    case undecodable(String)
    case emptyArchive
    case archiveCrashed
    case archiveTooSlow
    /// The sentence of the archive reader.
    case unreadable(String)
    case archiveBudget(IntakeBudget.Spent)
    /// The sentence of the text reader about one text, or about the whole file.
    case text(String)
    case store(StoreError)

    /// The sentence for the client.
    var sentence: String {
      switch self {
      case .busy: "The service is busy: send this file again."
      case .empty: "The file is empty."
      case .tooLarge(let limit): "The file is larger than \(limit) bytes."
      case .inField(let name):
        "The file was sent in the field \"\(name)\": use the field \"files\"."
      case .etag: "The etag does not match the file."
      case .notAnImage(let types): "The file is not a \(types.names) image."
      case .tooManyPixels(let width, let height):
        "The image is \(width) by \(height) pixels; at most 100 megapixels are accepted."
      case .decoderCrashed: "The image could not be decoded within the limits."
      case .decodedTooSlowly: "The image took too long to decode."
      case .emptyArchive: "The archive contains no files."
      case .archiveCrashed: "The archive could not be read within the limits."
      case .archiveTooSlow: "The archive took too long to read."
      case .archiveBudget(let spent): spent.sentence("The rest of the archive")
      case .undecodable(let sentence), .unreadable(let sentence), .text(let sentence): sentence
      case .store(let error): error.sentence
      }
    }

    var isBusy: Bool { if case .busy = self { true } else { false } }
  }
}
