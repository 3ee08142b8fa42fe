internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Files {
  /// A file with its addresses.
  struct File: WireOutput {
    let id: ID<Item>
    let project: ID<Project>
    let filename: String
    let mime: String
    let size: Int
    /// The width in pixels, after rotation to upright; nil for a text.
    let width: Int?
    let height: Int?
    let state: String
    let createdAt: Timestamp
    let previewURL: String
    let largePreviewURL: String

    static let fields: Fields<File> = [
      Field("id") { $0.id },
      Field("project_id") { $0.project },
      Field("filename") { $0.filename },
      Field("content_type") { $0.mime },
      Field("size_bytes") { $0.size },
      Field("width") { $0.width },
      Field("height") { $0.height },
      Field("status") { $0.state },
      Field("created_at") { $0.createdAt },
      Field("preview_url") { $0.previewURL },
      Field("large_preview_url") { $0.largePreviewURL },
      Field("download_url") { "/api/files/\($0.id)/download" },
    ]
  }

  /// The answer to an upload.
  struct Receipt: WireOutput {
    let message: String
    let project: ID<Project>
    let uploaded: Int
    let skipped: Int
    let files: [File]
    let errors: [Refusal]

    static let fields: Fields<Receipt> = [
      Field("message") { $0.message },
      Field("project_id") { $0.project },
      Field("uploaded") { $0.uploaded },
      Field("skipped") { $0.skipped },
      Field("files") { $0.files },
      Field("errors") { $0.errors },
    ]
  }

  /// A page of a user's files.
  struct Page: WireOutput {
    let files: [File]
    let total: Int
    let limit: Int
    let offset: Int

    static let fields: Fields<Page> = [
      Field("files") { $0.files },
      Field("total") { $0.total },
      Field("limit") { $0.limit },
      Field("offset") { $0.offset },
    ]
  }
}
