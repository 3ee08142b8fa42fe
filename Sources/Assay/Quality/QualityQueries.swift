internal import Imaging
internal import Postgres

/// Every SQL statement of quality control's endpoints.
enum QualityQueries {
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
        j.created_at, j.finished_at
      from project p
      left join lateral (
        select * from job where job.project_id = p.project_id and job.kind = 'qc'
        order by job.job_id desc limit 1) j on true
      left join job_chunk c on c.job_id = j.job_id
      where p.project_id = \(project)
      group by p.project_id, j.state, j.created_at, j.finished_at
      """
    ) { row throws(PostgresError) in
      try Quality.Progress(
        request: row.next(), state: row.next(), done: row.next(), total: row.next(),
        failed: row.next(), startedAt: row.next(), finishedAt: row.next())
    }
  }

  /// The results of a project, newest picture first.
  static func results(
    of project: ID<Project>, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Quality.Row] {
    try db.all(
      """
      select c.item_id, c.duplicate_score, c.ai_generated_score, c.source_url,
        case when b.damaged_at is null or 'corrupt' = any (c.flags) then c.flags
             else c.flags || array['corrupt'] end
      from item_check c
      join item i on i.item_id = c.item_id
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where c.project_id = \(project) and c.item_id < \(after ?? .last)
        and i.excluded_because is distinct from 'deleted'
      order by c.item_id desc
      limit \(limit)
      """
    ) { row throws(PostgresError) in
      try Quality.Row(
        image: row.next(), duplicateScore: row.next(), aiGeneratedScore: row.next(),
        sourceURL: row.next(), flags: row.next())
    }
  }
}
