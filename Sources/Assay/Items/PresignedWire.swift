internal import HTTP
internal import Imaging
internal import Postgres

extension Presigned {
  /// The types that may be announced.
  enum AnnouncedType: String, CaseIterable, PostgresDecodable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    /// An archive of both.
    case zip = "application/zip"
  }

  /// A file that is going to be sent.
  struct AnnouncedFile: WireInput {
    var filename = ""
    var contentType = AnnouncedType.jpeg
    /// The most bytes that will come; nil: as many as a file of its type may have.
    var size: Int?
    /// The encoding of the names in an archive.
    var nameEncoding: NameEncoding?

    static let inputs: [Input<AnnouncedFile>] = [
      .required("filename", \.filename, .filename),
      .required("content_type", \.contentType, .choice),
      .optional("size", \.size, .whole(1...(1 << 40))),
      .optional(ArchiveNames.field, \.nameEncoding, .nameEncoding),
    ]
  }

  /// The files that are going to be sent to a request.
  struct Announcement: WireInput {
    var project: ID<Project>?
    var files: [AnnouncedFile] = []

    static let inputs: [Input<Announcement>] = [
      .required("request_id", \.project, .optionalID()),
      .required("files", \.files, Rule<[AnnouncedFile]>.list(of: .object, 1...1000)),
    ]
  }

  /// Where and how one file is to be sent.
  struct Ticket: WireOutput {
    let filename: String
    let url: String
    let contentType: String
    let key: String

    static let fields: Fields<Ticket> = [
      Field("filename") { $0.filename },
      Field("url") { $0.url },
      Field("method") { _ in "PUT" },
      Field("headers") { Headers(contentType: $0.contentType) },
      Field("key") { $0.key },
    ]
  }

  /// The headers to send a file with.
  struct Headers: WireOutput {
    let contentType: String
    static let fields: Fields<Headers> = [Field("Content-Type") { $0.contentType }]
  }

  /// The answer to an announcement.
  struct Tickets: WireOutput {
    let uploads: [Ticket]
    static let fields: Fields<Tickets> = [Field("uploads") { $0.uploads }]
  }

  /// A file that was sent.
  struct SentFile: WireInput {
    var filename: String?
    var key = ""
    var etag: String?

    static let inputs: [Input<SentFile>] = [
      .optional("filename", \.filename, .text(0...1000)),
      .required("key", \.key, .text(1...1000)),
      .optional("etag", \.etag, .text(0...200)),
    ]
  }

  /// The files that were sent to a request.
  struct Completion: WireInput {
    var project: ID<Project>?
    var uploaded: [SentFile] = []

    static let inputs: [Input<Completion>] = [
      .required("request_id", \.project, .optionalID()),
      .required("uploaded", \.uploaded, Rule<[SentFile]>.list(of: .object, 1...1000)),
    ]
  }

  /// The answer to a completion: exactly the contract's key.
  struct Done: WireOutput {
    let status: String
    static let fields: Fields<Done> = [Field("status") { $0.status }]
  }
}
