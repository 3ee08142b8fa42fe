internal import Postgres

/// Every SQL statement about jobs that the version before has made.
enum OldJobQueries {
  /// Completes open jobs that an old process made after the migrations and before the triggers of
  /// the functions: without a kind no worker of this version takes their chunks.
  ///
  /// Chunks are locked before their job, as by workers.
  static func complete(_ db: Connection) throws {
    try db.transaction { db in
      // An old worker may hold a chunk for as long as its comparisons take.
      try db.run("set local lock_timeout = '60s'")
      try db.run(
        """
        update job_chunk c set kind = j.kind, size = cardinality(c.items)
        from job j
        where j.job_id = c.job_id and c.kind is null and c.payload is null
          and c.state in ('pending', 'queued', 'running')
        """)
      try db.run(
        """
        update job set key = project_id::text
        where key is null and kind in ('qc', 'previews')
          and state in ('pending', 'queued', 'running')
        """)
    }
  }
}
