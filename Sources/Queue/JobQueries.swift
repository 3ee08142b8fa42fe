package import Postgres

/// Every SQL statement about jobs.
package enum JobQueries {
  /// Starts a job with one chunk per row of a query; a query without rows gives a completed job.
  /// - Parameters:
  ///   - key: at most one open job of the kind has this key; nil for any number of jobs.
  ///   - chunks: selects `payload` (jsonb) and `size` (the number of parts) of each chunk, in
  ///     order.
  /// - Returns: nil when a job with this key is open.
  package static func start<Kind: JobKind>(
    _ kind: Kind.Type, key: String?, for owner: JobOwner, chunks: SQL, _ db: Connection
  ) throws(PostgresError) -> UUIDBytes? {
    let started = try db.first(
      """
      with cut (payload, size) as (
        \(chunks)
      ), started as (
        insert into job (
          job_id, organization_id, project_id, kind, key, created_by, state, finished_at)
        select uuid_v7(), \(owner.organization), \(owner.project), \(kind.name), \(key),
          \(owner.account), case when has_chunks then 'queued' else 'completed' end::job_state,
          case when has_chunks then null else now() end
        from (select exists (select from cut) as has_chunks) as any_chunk
        on conflict do nothing
        returning job_id
      ), filled as (
        insert into job_chunk (job_id, number, organization_id, kind, payload, size, priority)
        select job_id, row_number() over () - 1, \(owner.organization), \(kind.name), payload, size,
          \(ChunkQueries.hiddenPriority)
        from started, cut
      )
      select job_id from started
      """
    ) { row throws(PostgresError) in try row.next(UUIDBytes.self) }
    if started != nil { try db.run("select pg_notify('job', \(kind.name))") }
    return started
  }

  /// Starts a job with these chunks.
  package static func start<Kind: JobKind>(
    _ kind: Kind.Type, key: String?, for owner: JobOwner, chunks: [Kind.Payload], _ db: Connection
  ) throws(PostgresError) -> UUIDBytes? {
    let payloads = chunks.map(\.json)
    let sizes = chunks.map(\.parts.count)
    return try start(
      kind, key: key, for: owner,
      chunks: """
        select payload::jsonb, size from unnest(\(payloads)::text[], \(sizes)::int[])
          with ordinality as given (payload, size, place)
        order by place
        """, db)
  }

  /// Makes sure that a standing job is open, in the transaction that adds work to it.
  ///
  /// Its only chunk looks up the work, so a thousand uploads need one job. No notification is sent,
  /// because notifications serialize all commits; workers poll the queue every second.
  package static func wake<Kind: JobKind>(
    _ kind: Kind.Type, key: String, for owner: JobOwner, _ db: Connection
  ) throws(PostgresError) {
    let name = lockName(kind.name, key)
    try db.run("select pg_advisory_xact_lock_shared(hashtextextended(\(name), 0))")
    try db.run(
      """
      with opened as (
        insert into job (job_id, organization_id, project_id, kind, key, created_by)
        values (uuid_v7(), \(owner.organization), \(owner.project), \(kind.name), \(key),
          \(owner.account))
        on conflict do nothing
        returning job_id, organization_id
      )
      insert into job_chunk (job_id, number, organization_id, kind, payload, size, priority)
      select job_id, 0, organization_id, \(kind.name), '{}', 1, \(ChunkQueries.hiddenPriority)
      from opened
      """)
  }

  /// Locks a chunk's job against `wake` until this transaction ends.
  ///
  /// It waits for all transactions that wake the job, and so sees the work that they added. A later
  /// `wake` waits for this transaction, and opens a new job if this one was closed.
  static func hold(_ chunk: Chunk, _ db: Connection) throws(PostgresError) {
    let key = try db.one("select key from job where job_id = \(chunk.job)") {
      row throws(PostgresError) in try row.next(String.self)
    }
    let name = lockName(chunk.kind, key)
    try db.run("select pg_advisory_xact_lock(hashtextextended(\(name), 0))")
  }

  private static func lockName(_ kind: String, _ key: String) -> String { "\(kind) \(key)" }

  /// Closes the job when no chunk is open: as completed when no chunk failed.
  ///
  /// The job's row is locked first: when two chunks end at the same time, the second sees the
  /// first.
  static func closeIfDone(_ job: UUIDBytes, _ db: Connection) throws(PostgresError) {
    try db.run("select from job where job_id = \(job) for update")
    try db.run(
      """
      update job
      set finished_at = now(), state = case
        when exists (select from job_chunk c where c.job_id = \(job) and c.state = 'failed')
        then 'failed' else 'completed' end::job_state
      where job_id = \(job) and state = 'running'
        and not exists (
          select from job_chunk c
          where c.job_id = \(job) and c.state in ('pending', 'queued', 'running'))
      """)
  }
}
