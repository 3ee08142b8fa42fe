package import Postgres

/// The progress of a job, in parts.
package struct JobProgress: Sendable {
  /// The state's name in the database.
  package let state: String
  /// Parts of completed chunks.
  package let done: Int
  /// Parts of all chunks.
  package let total: Int
  /// Parts of failed chunks.
  package let failed: Int
  /// The time of the request.
  package let startedAt: Timestamp
  /// The time when the job ended; nil while it is open.
  package let finishedAt: Timestamp?
  /// Parts per second: over the last minute while the job runs, over the whole job when it has
  /// ended.
  package let rate: Double?

  /// Seconds until the end at this rate; nil when unknown.
  package var secondsLeft: Int? {
    if finishedAt != nil { return 0 }
    guard let rate, rate > 0 else { return nil }
    return Int((Double(total - done - failed) / rate).rounded(.up))
  }
}

/// Every SQL statement about the progress of jobs.
package enum ProgressQueries {
  /// The number of recent seconds over which the rate of a job is measured.
  private static let rateSeconds = 60

  /// Returns the latest job of a kind in a project, or nil when there was none.
  ///
  /// Chunks of earlier versions have `items` instead of a size.
  package static func latest<Kind: JobKind>(
    _ kind: Kind.Type, of project: UUIDBytes, _ db: Connection
  ) throws(PostgresError) -> JobProgress? {
    let size: SQL = "coalesce(c.size, cardinality(c.items))"
    return try db.first(
      """
      select j.state::text,
        coalesce(sum(\(size)) filter (where c.state = 'completed'), 0)::int,
        coalesce(sum(\(size)), 0)::int,
        coalesce(sum(\(size)) filter (where c.state = 'failed'), 0)::int,
        j.created_at, j.finished_at,
        -- While it runs over the last minute, or as long as it has run.
        round(sum(\(size)) filter (
            where c.state in ('completed', 'failed') and (
              j.finished_at is not null
              or c.finished_at > now() - make_interval(secs => \(rateSeconds)::int)))
          / nullif(case
            when j.finished_at is not null then extract(epoch from j.finished_at - j.begun_at)
            else least(\(rateSeconds)::int, extract(epoch from now() - j.begun_at))
            end, 0), 3)::double precision
      from (
        select * from job where project_id = \(project) and kind = \(kind.name)
        order by job_id desc limit 1) j
      left join job_chunk c on c.job_id = j.job_id
      group by j.state, j.created_at, j.finished_at, j.begun_at
      """
    ) { row throws(PostgresError) in
      try JobProgress(
        state: row.next(), done: row.next(), total: row.next(), failed: row.next(),
        startedAt: row.next(), finishedAt: row.next(), rate: row.next())
    }
  }
}
