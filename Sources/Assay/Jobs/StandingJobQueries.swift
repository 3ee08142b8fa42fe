internal import Postgres

/// Every SQL statement about standing jobs.
///
/// One of a kind at most is open in a project. Its only chunk names no items: whoever takes it
/// finds out what is to be done. So a thousand uploads make one job, not a thousand.
enum StandingJobQueries {
  /// Makes sure that a job is open, in the transaction that gives it something to do.
  ///
  /// Without a notification, which would make all commits wait for each other: workers look at
  /// the queue every second anyhow.
  static func wake(
    _ kind: String, on project: ID<Project>, of organization: ID<Organization>,
    by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    let name = lockName(kind, project)
    try db.run("select pg_advisory_xact_lock_shared(hashtextextended(\(name), 0))")
    try db.run(
      """
      with opened as (
        insert into job (job_id, organization_id, project_id, kind, created_by)
        values (\(ID<Job>.new()), \(organization), \(project), \(kind), \(account))
        on conflict (project_id, kind) where state in ('pending', 'queued', 'running') do nothing
        returning job_id, organization_id
      )
      insert into job_chunk (job_id, number, organization_id, items, priority)
      select job_id, 0, organization_id, '{}', \(ChunkPriority.standing.rawValue)::smallint
      from opened
      """)
  }

  /// Waits for all who are waking a chunk's job, and keeps others from it until the transaction
  /// ends: what they have brought is seen then, and a job that is closed now is opened again.
  static func hold(_ chunk: Chunk, _ db: Connection) throws(PostgresError) {
    let name = lockName(chunk.kind, chunk.project)
    try db.run("select pg_advisory_xact_lock(hashtextextended(\(name), 0))")
  }

  /// Puts a chunk back behind the others, with all its attempts; false when its lease was lost.
  static func putBack(_ chunk: Chunk, _ db: Connection) throws(PostgresError) -> Bool {
    try db.run(
      """
      update job_chunk
      set state = 'queued', attempts = 0, deaths = 0, error = null, run_after = now(),
        lease_expires_at = null
      where job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
        and state = 'running'
      """) == 1
  }

  private static func lockName(_ kind: String, _ project: ID<Project>) -> String {
    "\(kind) \(project)"
  }
}
