package import Postgres

/// Every SQL statement that stops jobs.
package enum CancelQueries {
  /// The open job of a kind with that key; nil when there is none.
  package static func open<Kind: JobKind>(
    _ kind: Kind.Type, key: String, _ db: Connection
  ) throws(PostgresError) -> UUIDBytes? {
    try db.first(
      """
      select job_id from job
      where kind = \(kind.name) and key = \(key) and state in ('pending', 'queued', 'running')
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Cancels a job, in a transaction of the caller's.
  ///
  /// A worker that runs one of its chunks finds its lease gone: it keeps nothing of what it has
  /// not committed. Chunks are locked before their job, as by workers.
  package static func cancel(_ job: UUIDBytes, _ db: Connection) throws(PostgresError) {
    try cancelChunks(of: job, db)
    try db.run(
      """
      update job set state = 'cancelled', finished_at = now()
      where job_id = \(job) and state in ('pending', 'queued', 'running')
      """)
    // Those that were split off while we waited; no more come once the job is cancelled.
    try cancelChunks(of: job, db)
  }

  private static func cancelChunks(of job: UUIDBytes, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update job_chunk set state = 'cancelled', lease_expires_at = null
      where job_id = \(job) and state in ('pending', 'queued', 'running')
      """)
  }
}
