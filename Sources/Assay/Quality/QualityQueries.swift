internal import Imaging
internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement of quality control's endpoints.
enum QualityQueries {
  /// Returns the query for the chunks of a run over a project's items.
  static func chunks(of project: ID<Project>, size: Int, _ level: QualityLevel) -> SQL {
    """
    select
      jsonb_build_object(
        'items', jsonb_agg(item_id order by item_id), 'level', \(level.rawValue)::text),
      count(*)::int
    from (
      select item_id, (row_number() over (order by item_id) - 1) / \(size)::int as number
      from item
      where project_id = \(project) and state <> 'excluded'
    ) numbered
    group by number
    order by number
    """
  }

  /// Returns the results of a project, newest picture first.
  static func results(
    of project: ID<Project>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Quality.Row] {
    try db.all(
      """
      select \(columns) from \(present)
        and c.project_id = \(project) and c.item_id < \(after ?? .last)
      order by c.item_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in try self.row(&row) }
  }

  /// The columns of a result; `c` is the check, `b` the blob.
  static let columns: SQL = """
    c.item_id, c.duplicate_score, c.ai_generated_score, c.source_url,
    case when b.damaged_at is null or 'corrupt' = any (c.flags) then c.flags
         else c.flags || array['corrupt'] end
    """

  /// The checks of items that were not deleted.
  static let present: SQL = """
    item_check c
    join item i on i.item_id = c.item_id
    join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
    where i.excluded_because is distinct from 'deleted'
    """

  /// Reads `columns`.
  static func row(_ row: inout Row) throws(PostgresError) -> Quality.Row {
    try Quality.Row(
      image: row.next(), duplicateScore: row.next(), aiGeneratedScore: row.next(),
      sourceURL: row.next(), flags: row.next())
  }
}
