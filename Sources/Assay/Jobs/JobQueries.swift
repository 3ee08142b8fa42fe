internal import Labelling
internal import Postgres

/// Every SQL statement about jobs and their chunks, which are the queue.
enum JobQueries {
  /// Seconds a chunk may go without a heartbeat, of which there is one every five seconds.
  static let leaseSeconds = 20
  /// A chunk that failed so often is given up.
  static let mostAttempts = 5
  /// A chunk that so many workers fell silent over is not run again as it is.
  static let mostDeaths = 3

  /// Starts a job over a project's items, so many to a chunk; without items it is done at once.
  ///
  /// The constraint `job_already_running` refuses a second one.
  static func start(
    _ job: ID<Job>, kind: String, on project: ID<Project>, of organization: ID<Organization>,
    by account: ID<Account>, itemsPerChunk: Int, level: QualityLevel?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with numbered as (
        select item_id, (row_number() over (order by item_id) - 1) / \(itemsPerChunk)::int as number
        from item
        where project_id = \(project) and state <> 'excluded'
      ), started as (
        insert into job (
          job_id, organization_id, project_id, kind, created_by, level, state, finished_at)
        select \(job), \(organization), \(project), \(kind), \(account), \(level?.rawValue),
          case when has_items then 'queued' else 'completed' end::job_state,
          case when has_items then null else now() end
        from (select exists (select from numbered) as has_items) as any_item
        returning job_id
      )
      insert into job_chunk (job_id, number, organization_id, items)
      select job_id, number, \(organization), array_agg(item_id order by item_id)
      from started, numbered
      group by job_id, number
      """)
    try db.run("select pg_notify('job', \(kind))")
  }

  /// Takes the next waiting chunk of a job, or one whose worker has gone silent.
  static func take(
    worker: String, of job: ID<Job>, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    try lease(
      """
      next as (
        select job_id, number, state from job_chunk
        where job_id = \(job) and \(isFree)
        order by priority, run_after, number
        limit 1
        for update skip locked
      )
      """, worker, db)
  }

  /// Takes the next chunk of the first organization, in the order of their ids, that has one.
  ///
  /// `turn` steps from one organization to the next in the index job_chunk_turn. It stops at the
  /// first chunk that can be locked, so that the number of waiting chunks does not matter.
  /// - Parameter behind: only organizations after this one; nil for all.
  static func take(
    worker: String, _ priority: ChunkPriority, behind last: ID<Organization>?, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    let isOpen: SQL = "state in ('queued', 'running') and priority = \(priority.rawValue)::smallint"
    return try lease(
      """
      recursive turn as (
        (
          select organization_id from job_chunk
          where \(isOpen)
            and organization_id > coalesce(\(last)::uuid, '00000000-0000-0000-0000-000000000000')
          order by organization_id
          limit 1
        )
        union all
        select following.organization_id from turn cross join lateral (
          select c.organization_id from job_chunk c
          where \(isOpen) and c.organization_id > turn.organization_id
          order by c.organization_id
          limit 1
        ) following
      ), next as (
        select c.job_id, c.number, c.state from turn cross join lateral (
          select job_id, number, state from job_chunk
          where \(isOpen) and organization_id = turn.organization_id and \(isFree)
          order by run_after, job_id, number
          limit 1
          for update skip locked
        ) c
        limit 1
      )
      """, worker, db)
  }

  /// Whether a chunk waits, or its worker has gone silent.
  private static let isFree: SQL =
    "(state = 'queued' or state = 'running' and lease_expires_at < now()) and run_after <= now()"

  /// Leases the chunk that the query `next` names.
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
      select j.job_id, c.number, j.kind, j.organization_id, j.project_id, c.items, c.attempts,
        c.deaths, c.token
      from taken c join job j on j.job_id = c.job_id
      """
    ) { row throws(PostgresError) in
      try Chunk(
        job: row.next(), number: row.next(), kind: row.next(), organization: row.next(),
        project: row.next(), items: row.next([UUIDBytes].self).map { ID($0) },
        attempts: row.next(), deaths: row.next(), token: row.next())
    }
  }

  /// Keeps the lease alive; false when it was lost.
  static func heartbeat(_ chunk: Chunk, _ db: Connection) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set lease_expires_at = now() + make_interval(secs => \(leaseSeconds)::int)
      where job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
        and state = 'running'
      """) == 1
  }

  /// Marks the chunk; false when its lease was lost.
  static func finish(
    _ chunk: Chunk, _ state: String, error: String? = nil, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set state = \(state)::job_state, error = \(error), lease_expires_at = null,
        finished_at = clock_timestamp()
      where job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
        and state = 'running'
      """) == 1
  }

  /// Puts a failed chunk back, to be tried again later.
  static func postpone(
    _ chunk: Chunk, error: String, seconds: Int, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update job_chunk
      set state = 'queued', error = \(error), lease_expires_at = null,
        run_after = now() + make_interval(secs => \(seconds)::int)
      where job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
        and state = 'running'
      """)
  }

  /// Closes the job when this was its last chunk: as completed when no chunk failed.
  ///
  /// The job's row is locked first: of two chunks that end together, the second sees the first.
  static func closeIfDone(_ job: ID<Job>, _ db: Connection) throws(PostgresError) {
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
