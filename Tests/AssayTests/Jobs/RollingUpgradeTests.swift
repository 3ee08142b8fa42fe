import Assay
import Postgres
import Queue
import Site
import Support
import Testing
import Web

/// Processes of the previous version run beside new ones; this file contains their statements.
@Suite("Jobs during an upgrade")
struct RollingUpgradeTests {
  private let inspected: Inspected
  private var site: TestSite { inspected.site }
  init() throws { inspected = try Inspected() }

  /// The connection of an old API process, with the scope of the whole site.
  private func oldApplication() throws -> Connection {
    let db = site.connection(as: .application)
    try db.script("set assay.organizations = '*'")
    return db
  }

  /// Starts quality control with the statements of an old API process.
  private func oldStart(level: String? = nil) throws {
    try oldApplication().run(
      """
      with numbered as (
        select item_id, (row_number() over (order by item_id) - 1) / 8 as number
        from item
        where project_id = \(inspected.request)::uuid and state <> 'excluded'
      ), started as (
        insert into job (
          job_id, organization_id, project_id, kind, created_by, level, state, finished_at)
        select uuid_v7(), organization_id, project_id, 'qc', created_by, \(level),
          case when has_items then 'queued' else 'completed' end::job_state,
          case when has_items then null else now() end
        from project, (select exists (select from numbered) as has_items) as any_item
        where project_id = \(inspected.request)::uuid
        returning job_id, organization_id
      )
      insert into job_chunk (job_id, number, organization_id, items)
      select job_id, number, organization_id, array_agg(item_id order by item_id)
      from started, numbered
      group by job_id, number, organization_id
      """)
  }

  /// Wakes the job of previews with the statements of an old API process.
  private func oldWake() throws {
    try oldApplication().run(
      """
      with opened as (
        insert into job (job_id, organization_id, project_id, kind, created_by)
        select uuid_v7(), organization_id, project_id, 'previews', created_by from project
        where project_id = \(inspected.request)::uuid
        on conflict (project_id, kind) where state in ('pending', 'queued', 'running') do nothing
        returning job_id, organization_id
      )
      insert into job_chunk (job_id, number, organization_id, items, priority)
      select job_id, 0, organization_id, '{}', 1 from opened
      """)
  }

  /// The kinds of the chunks that an old worker takes, in order.
  private func oldTakes() throws -> [String] {
    var kinds: [String] = []
    let db = site.connection(as: .worker)
    for priority in [0, 1] {
      while let kind = try oldTake(priority, db) { kinds.append(kind) }
    }
    return kinds
  }

  private func oldTake(_ priority: Int, _ db: Connection) throws -> String? {
    let isOpen: SQL = "state in ('queued', 'running') and priority = \(priority)::smallint"
    let isFree: SQL =
      "(state = 'queued' or state = 'running' and lease_expires_at < now()) and run_after <= now()"
    return try db.first(
      """
      with recursive turn as (
        (
          select organization_id from job_chunk
          where \(isOpen)
            and organization_id > coalesce(null::uuid, '00000000-0000-0000-0000-000000000000')
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
      ), taken as (
        update job_chunk c
        set state = 'running', attempts = attempts + 1, token = token + 1, leased_by = 'old',
          deaths = deaths + (next.state = 'running')::int,
          lease_expires_at = now() + make_interval(secs => 20)
        from next
        where c.job_id = next.job_id and c.number = next.number
        returning c.*
      ), begun as (
        update job j set state = 'running', begun_at = coalesce(j.begun_at, now())
        from taken where j.job_id = taken.job_id and j.state in ('pending', 'queued')
      )
      select j.kind from taken c join job j on j.job_id = c.job_id
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func newWorkersFinishOldRuns() throws {
    try inspected.uploadDistinct(10)
    try oldStart(level: "strict")
    let before = try inspected.progress()
    #expect(try before["total"].int == 10 && before["state"].string == "queued")
    // Neither version starts a second run, and the new one finds the old one to cancel it.
    #expect(try inspected.start().status == 409)
    try site.work()
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.progress()["done"].int == 10)
    #expect(try inspected.checked().count == 10)
  }

  @Test func newProcessesCancelOldRuns() throws {
    try inspected.uploadDistinct(10)
    try oldStart()
    let answer = try site.send(
      "POST", "/requests/\(inspected.request)/qc/cancel", as: inspected.customer)
    #expect(try answer.json["state"].string == "cancelled")
    #expect(try !Worker(site.site).runNext())
  }

  @Test func oldRunsKeepTheirLevel() throws {
    try inspected.upload(["a.png": Pictures.png(seed: 1)])
    try oldStart(level: "basic")
    try site.work()
    let old = try inspected.checked()
    try #require(try inspected.start("basic").status == 200)
    try site.work()
    #expect(try inspected.checked() == old)
    let levels = try site.owner().all(
      """
      select coalesce(c.payload ->> 'level', j.level) from job j join job_chunk c using (job_id)
      where j.kind = 'qc'
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(levels == ["basic", "basic"])
  }

  @Test func newWorkersContinueChunksThatOldOnesSplit() throws {
    try inspected.uploadDistinct(3)
    try oldStart()
    try #require(try oldTakes() == ["qc"])
    // The statements with which an old worker isolates a picture.
    let db = site.connection(as: .worker)
    try db.run(
      """
      insert into job_chunk (job_id, number, organization_id, items)
      select c.job_id, rest.place, c.organization_id, array[rest.item_id]
      from job_chunk c, unnest(c.items[2:]) with ordinality as rest (item_id, place)
      """)
    try db.run(
      """
      update job_chunk set items = items[1:1], state = 'queued', attempts = 0, deaths = 0,
        lease_expires_at = null
      where number = 0
      """)
    try site.work()
    #expect(try inspected.progress()["done"].int == 3)
    #expect(try inspected.checked().count == 3)
  }

  @Test func newWorkersSplitOldChunks() throws {
    try inspected.uploadDistinct(3)
    try oldStart()
    try site.owner().run(
      """
      update job_chunk set state = 'running', deaths = 2,
        lease_expires_at = now() - interval '1 second'
      """)
    #expect(try Worker(site.site).runNext())
    // The parts belong to the new version: an old worker would process the first as the whole
    // chunk.
    #expect(try oldTakes() == [])
    try site.work()
    #expect(try inspected.progress()["done"].int == 3)
    #expect(try inspected.progress()["total"].int == 3)
  }

  @Test func bothVersionsWakeOneJobOfPreviews() throws {
    try inspected.uploadDistinct(2)
    try oldWake()
    try uploadWithoutPreviews()
    #expect(try site.states(of: "previews") == ["queued queued 0"])
    try site.work()
    try uploadWithoutPreviews(seed: 10)
    try oldWake()
    let done = "completed completed 1"
    #expect(try site.states(of: "previews") == [done, "queued queued 0"])
    try site.work()
    #expect(try site.states(of: "previews") == [done, done])
  }

  /// Uploads a picture whose previews a worker must make.
  private func uploadWithoutPreviews(
    _ inspected: Inspected? = nil, seed: UInt64 = 9
  ) throws {
    try Undecoded.withoutPreviews(in: site.site.config.store) {
      try (inspected ?? self.inspected).upload(["new.png": Pictures.png(seed: seed)])
    }
  }

  @Test func oldWorkersFinishOldChunksOnly() throws {
    try inspected.uploadDistinct(2)
    let other = try Inspected(site, by: site.person(.customer))
    try uploadWithoutPreviews(other)
    try #require(try site.states(of: "previews") == ["queued queued 0"])
    try oldWake()
    try #require(try other.start().status == 200)
    try site.start([["a", "word"]])
    try site.worker(DailyJob(notes: Notes())).openSchedules()
    #expect(try oldTakes() == ["previews"])
  }

  /// Runs old statements between the migrations and the triggers of the functions.
  private func beforeTriggers(_ body: () throws -> Void) throws {
    let db = site.owner()
    try db.script(
      "alter table job disable trigger user; alter table job_chunk disable trigger user")
    try body()
    try db.script(
      "alter table job enable trigger user; alter table job_chunk enable trigger user")
  }

  @Test func jobsThatOldProcessesMakeDuringTheMigrationAreFinished() throws {
    try inspected.uploadDistinct(10)
    try beforeTriggers {
      try oldStart()
      try oldWake()
    }
    _ = try DatabaseSchema.migrate(
      site.owner(), directory: Products.checkout + "/sql/migrations")
    try #require(try inspected.start().status == 409)
    try site.work()
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.progress()["total"].int == 10)
    #expect(try site.states(of: "previews") == ["completed completed 1"])
    // The next ones are not kept from starting.
    #expect(try inspected.start().status == 200)
  }

  @Test func newProcessesCancelRunsThatOldOnesStartDuringTheMigration() throws {
    try inspected.uploadDistinct(3)
    try beforeTriggers { try oldStart() }
    _ = try DatabaseSchema.migrate(
      site.owner(), directory: Products.checkout + "/sql/migrations")
    let answer = try site.send(
      "POST", "/requests/\(inspected.request)/qc/cancel", as: inspected.customer)
    #expect(try answer.json["state"].string == "cancelled")
  }

  @Test func workersDoNotTakeUnknownKinds() throws {
    try site.start([["one"]])
    #expect(try !Worker(site.site).runNext())
    #expect(try site.states(of: "words") == ["queued queued 0"])
  }
}
