internal import Postgres

/// Every SQL statement about chunks, which form the queue.
enum ChunkQueries {
  /// Seconds until a lease expires without a heartbeat; a worker sends one every five seconds.
  static let leaseSeconds = 20

  /// A priority that workers of the previous version do not take.
  ///
  /// They take priorities 0 and 1 of every kind, and must not take chunks that this version makes.
  static let hiddenPriority: SQL = "2"

  /// Takes the next waiting chunk of a job, or one whose worker has stopped its heartbeat.
  static func take(
    worker: String, of job: UUIDBytes, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    try lease(
      """
      next as (
        select job_id, number, state from job_chunk
        where job_id = \(job) and \(isFree)
        order by run_after, number
        limit 1
        for update skip locked
      )
      """, worker, db)
  }

  /// Takes the next chunk of a kind from the first organization, by id, that has one.
  ///
  /// The recursive query `turn` steps from one organization to the next in the index
  /// job_chunk_next. It stops at the first chunk that can be locked, so its cost does not depend on
  /// the number of waiting chunks. `order by` names all columns of the index: with row level
  /// security PostgreSQL does not see that the organization is fixed, and would sort all chunks.
  /// - Parameter last: only organizations with a greater id; nil for all.
  static func take(
    worker: String, _ kind: String, behind last: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    let isOpen: SQL = "c.state in ('queued', 'running') and c.kind = \(kind)"
    let isBehind: SQL = last.map { "\(organization) > \($0)" } ?? "true"
    return try lease(
      """
      recursive turn as (
        (
          select \(organization) as organization_id from job_chunk c
          where \(isOpen) and \(isBehind)
          order by 1
          limit 1
        )
        union all
        select following.organization_id from turn cross join lateral (
          select \(organization) as organization_id from job_chunk c
          where \(isOpen) and \(organization) > turn.organization_id
          order by 1
          limit 1
        ) following
      ), next as (
        select c.job_id, c.number, c.state from turn cross join lateral (
          select job_id, number, state from job_chunk c
          where \(isOpen) and \(organization) = turn.organization_id and \(isFree)
          order by c.kind, \(organization), run_after, job_id, number
          limit 1
          for update skip locked
        ) c
        limit 1
      )
      """, worker, db)
  }

  /// The organization of the chunk `c`, written exactly as in the index job_chunk_next.
  private static let organization: SQL =
    "coalesce(c.organization_id, '00000000-0000-0000-0000-000000000000')"

  /// The condition that a chunk is due, and waits or has an expired lease.
  private static let isFree: SQL =
    "(state = 'queued' or state = 'running' and lease_expires_at < now()) and run_after <= now()"

  /// Leases the chunk that the query `next` selects.
  ///
  /// Chunks of the previous version have `items` instead of a payload, and their job has a level.
  private static func lease(
    _ next: SQL, _ worker: String, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    try db.first(
      """
      with \(next), taken as (
        update job_chunk c
        set state = 'running', attempts = attempts + 1, token = token + 1, leased_by = \(worker),
          deaths = deaths + (next.state = 'running')::int,
          lease_expires_at = now() + make_interval(secs => \(leaseSeconds)::int)
        from next
        where c.job_id = next.job_id and c.number = next.number
        returning c.*
      ), begun as (
        update job j set state = 'running', begun_at = coalesce(j.begun_at, now())
        from taken where j.job_id = taken.job_id and j.state in ('pending', 'queued')
      )
      select j.job_id, c.number, j.kind, j.organization_id, j.project_id,
        coalesce(
          c.payload, jsonb_build_object('items', to_jsonb(c.items), 'level', j.level)),
        c.attempts, c.deaths, c.part, c.token
      from taken c join job j on j.job_id = c.job_id
      """
    ) { row throws(PostgresError) in
      try Chunk(
        job: row.next(), number: row.next(), kind: row.next(), organization: row.next(),
        project: row.next(), payload: row.next(), attempts: row.next(), deaths: row.next(),
        part: row.next(), token: row.next())
    }
  }

  /// The condition that a worker still holds its chunk.
  private static func isHeld(_ chunk: Chunk) -> SQL {
    """
    job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
      and state = 'running'
    """
  }

  /// Renews the lease; false when it was lost.
  static func beat(_ chunk: Chunk, _ db: Connection) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set lease_expires_at = now() + make_interval(secs => \(leaseSeconds)::int)
      where \(isHeld(chunk))
      """) == 1
  }

  /// Renews the lease and records the part that starts now; false when the lease was lost.
  static func beat(_ chunk: Chunk, part: String?, _ db: Connection) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set lease_expires_at = now() + make_interval(secs => \(leaseSeconds)::int), part = \(part)
      where \(isHeld(chunk))
      """) == 1
  }

  /// Ends the chunk, as failed when there is an error; false when its lease was lost.
  static func finish(
    _ chunk: Chunk, error: String? = nil, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set state = case when \(error)::text is null then 'completed' else 'failed' end::job_state,
        error = \(error), lease_expires_at = null, finished_at = clock_timestamp()
      where \(isHeld(chunk))
      """) == 1
  }

  /// Puts a failed chunk back into the queue, for another attempt later.
  static func postpone(
    _ chunk: Chunk, error: String, seconds: Int, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update job_chunk
      set state = 'queued', error = \(error), lease_expires_at = null,
        run_after = now() + make_interval(secs => \(seconds)::int)
      where \(isHeld(chunk))
      """)
  }

  /// Puts a chunk back into the queue with zero attempts, to run again after some seconds; false
  /// when its lease was lost.
  static func putBack(
    _ chunk: Chunk, seconds: Int, error: String? = nil, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set state = 'queued', attempts = 0, deaths = 0, part = null, error = \(error),
        run_after = now() + make_interval(secs => \(seconds)::int), lease_expires_at = null
      where \(isHeld(chunk))
      """) == 1
  }

  /// Splits a chunk into one chunk per part, at the end of the queue; false when the lease was
  /// lost.
  static func split(
    _ chunk: Chunk, into parts: [String], _ db: Connection
  ) throws(PostgresError) -> Bool {
    let isOurs = try db.run(
      """
      update job_chunk
      set payload = (\(parts)::text[])[1]::jsonb, size = 1, priority = \(hiddenPriority),
        state = 'queued', attempts = 0, deaths = 0, part = null, lease_expires_at = null
      where \(isHeld(chunk))
      """)
    guard isOurs == 1 else { return false }
    // The job is locked after the chunk, as everywhere; a cancelled job gets no new chunks.
    try db.run("select from job where job_id = \(chunk.job) for update")
    try db.run(
      """
      insert into job_chunk (job_id, number, organization_id, kind, payload, size, priority)
      select j.job_id, last.number + rest.place - 1, j.organization_id, j.kind,
        rest.payload::jsonb, 1, \(hiddenPriority)
      from job j,
        (select max(c.number) as number from job_chunk c where c.job_id = \(chunk.job)) last,
        unnest(\(parts)::text[]) with ordinality as rest (payload, place)
      where j.job_id = \(chunk.job) and j.state = 'running' and rest.place > 1
      """)
    return true
  }
}
