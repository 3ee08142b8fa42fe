internal import Postgres

/// Every SQL statement that stops jobs.
enum CancelQueries {
  /// Cancels a project's open jobs of a kind, in a transaction of the caller's.
  ///
  /// A worker that runs one of their chunks finds its lease gone: it keeps nothing of what it has
  /// not committed. Chunks are locked before their job, as by workers.
  static func cancel(
    _ kind: String, of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) {
    try cancelChunks(kind, of: project, in: "('pending', 'queued', 'running')", db)
    try db.run(
      """
      update job set state = 'cancelled', finished_at = now()
      where project_id = \(project) and kind = \(kind)
        and state in ('pending', 'queued', 'running')
      """)
    // Those that were split off while we waited; no more come once the job is cancelled.
    try cancelChunks(kind, of: project, in: "('cancelled')", db)
  }

  private static func cancelChunks(
    _ kind: String, of project: ID<Project>, in states: SQL, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update job_chunk c set state = 'cancelled', lease_expires_at = null
      from job j
      where j.job_id = c.job_id and j.project_id = \(project) and j.kind = \(kind)
        and j.state in \(states) and c.state in ('pending', 'queued', 'running')
      """)
  }
}
