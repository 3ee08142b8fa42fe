internal import Cryptography
internal import Postgres
internal import Vocabulary

/// The SQL statement behind the list of uploaded pictures.
enum UploadListQueries {
  /// The items of a project, newest first.
  static func list(
    in project: ID<Project>, limit: Int, after: UUIDBytes?, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Uploads.Row] {
    try db.all(
      """
      select i.item_id, i.filename, i.sha256, b.mime, b.size_bytes, i.created_at,
        \(PreviewQueries.version)
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.project_id = \(project) and i.excluded_because is distinct from 'deleted'
        and i.item_id < \(after ?? .last)
      order by i.item_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      let (image, filename) = (try row.next(ID<Item>.self), try row.next(String.self))
      let (digest, mime) = (try row.next(Digest.self), try row.next(String.self))
      return try Uploads.Row(
        image: image, project: project, filename: filename, digest: digest, mime: mime,
        size: row.next(), createdAt: row.next(),
        previewURL: links.previewAddress(digest, version: row.next(), mime: mime))
    }
  }
}
