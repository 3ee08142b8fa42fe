internal import Imaging
internal import Postgres

/// Every SQL statement of quality control's endpoints.
enum QualityQueries {
  /// The recent past, over which the speed of a run is measured, in seconds.
  private static let rateSeconds = 60

  /// The latest run of a project in scope; nil when there is no such project.
  static func progress(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Quality.Progress? {
    try db.first(
      """
      select p.project_id, j.state::text,
        coalesce(sum(cardinality(c.items)) filter (where c.state = 'completed'), 0)::int,
        coalesce(sum(cardinality(c.items)), 0)::int,
        coalesce(sum(cardinality(c.items)) filter (where c.state = 'failed'), 0)::int,
        j.created_at, j.finished_at,
        -- While it runs over the last minute, or as long as it has run.
        round(sum(cardinality(c.items)) filter (
            where c.state in ('completed', 'failed') and (
              j.finished_at is not null
              or c.finished_at > now() - make_interval(secs => \(rateSeconds)::int)))
          / nullif(case
            when j.finished_at is not null then extract(epoch from j.finished_at - j.begun_at)
            else least(\(rateSeconds)::int, extract(epoch from now() - j.begun_at))
            end, 0), 3)::double precision
      from project p
      left join lateral (
        select * from job where job.project_id = p.project_id and job.kind = \(QualityJob.kind)
        order by job.job_id desc limit 1) j on true
      left join job_chunk c on c.job_id = j.job_id
      where p.project_id = \(project)
      group by p.project_id, j.state, j.created_at, j.finished_at, j.begun_at
      """
    ) { row throws(PostgresError) in
      try Quality.Progress(
        request: row.next(), state: row.next(), done: row.next(), total: row.next(),
        failed: row.next(), startedAt: row.next(), finishedAt: row.next(), rate: row.next())
    }
  }

  /// The results of a project, newest picture first.
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

  /// What a result says; `c` is the check, `b` the blob.
  static let columns: SQL = """
    c.item_id, c.duplicate_score, c.ai_generated_score, c.source_url,
    case when b.damaged_at is null or 'corrupt' = any (c.flags) then c.flags
         else c.flags || array['corrupt'] end
    """

  /// Checks of items that were not deleted.
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
