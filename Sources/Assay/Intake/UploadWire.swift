internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Uploads {
  /// The answer to an upload, with exactly the contract's keys.
  struct Receipt: WireOutput {
    let request: ID<Project>
    let uploaded: Int
    let skipped: Int
    let errors: [Refusal]

    static let fields: Fields<Receipt> = [
      Field("request_id") { $0.request },
      Field("uploaded") { $0.uploaded },
      Field("skipped") { $0.skipped },
      Field("errors") { $0.errors },
    ]
  }

  /// An uploaded picture in a list.
  struct Row: ListedRow {
    let image: ID<Item>
    let project: ID<Project>
    let filename: String
    let digest: Digest
    let mime: String
    let size: Int
    let createdAt: Timestamp
    let previewURL: MediaAddress

    var cursor: UUIDBytes { image.bytes }

    static let fields: Fields<Row> = [
      Field("image_id") { $0.image },
      Field("filename") { $0.filename },
      Field("key") { StorageKey(project: $0.project, image: $0.image) },
      Field("etag") { EntityTag(digest: $0.digest) },
      Field("content_type") { $0.mime },
      Field("size_bytes") { $0.size },
      Field("created_at") { $0.createdAt },
      Field("preview_url") { $0.previewURL },
    ]
  }
}
