internal import HTTP
internal import Imaging
internal import Postgres
internal import Storage
internal import Vocabulary
internal import Web

extension Presigned {
  /// A file that is going to be sent.
  struct AnnouncedFile: WireInput {
    let filename: String
    let contentType: AnnouncedType
    /// The maximum number of bytes to be sent; nil for the maximum of its type.
    let size: Int?
    /// The encoding of the names in an archive.
    let nameEncoding: NameEncoding?

    static let inputs = Inputs(
      AnnouncedFile.init,
      .required("filename", .filename),
      .required("content_type", .choice),
      .optional("size", .whole(1...(1 << 40))),
      .optional(ArchiveNames.field, .nameEncoding))
  }

  /// The files announced for a request.
  struct Announcement: WireInput {
    let project: ID<Project>
    let files: [AnnouncedFile]

    static let inputs = Inputs(
      Announcement.init,
      .required("request_id", .id()),
      .required("files", Rule<[AnnouncedFile]>.list(of: .object, 1...1000)))
  }

  /// The address and headers with which to send one file.
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

  /// The headers for sending a file.
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
    let filename: String?
    let key: String
    let etag: String?

    static let inputs = Inputs(
      SentFile.init,
      .optional("filename", .text(0...1000)),
      .required("key", .text(1...1000)),
      .optional("etag", .text(0...200)))
  }

  /// The completed files of a request.
  struct Completion: WireInput {
    let project: ID<Project>
    let uploaded: [SentFile]

    static let inputs = Inputs(
      Completion.init,
      .required("request_id", .id()),
      .required("uploaded", Rule<[SentFile]>.list(of: .object, 1...1000)))
  }

  /// The answer to a completion, with exactly the contract's key.
  struct Done: WireOutput {
    let status: String
    static let fields: Fields<Done> = [Field("status") { $0.status }]
  }
}
