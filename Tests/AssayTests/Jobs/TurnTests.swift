import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing
import Web

@Suite("Turns of organizations")
struct TurnTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  /// A request in an organization of its own, with a run of `chunks` chunks.
  private func run(of name: String, chunks: Int) throws -> Inspected {
    let inspected = try Inspected(site, by: site.person(.customer, named: name))
    try inspected.uploadDistinct(1)
    #expect(try inspected.start().status == 200)
    try site.owner().run(
      """
      insert into job_chunk (job_id, number, organization_id, items)
      select job_id, number, organization_id, '{}'
      from job, generate_series(1, \(chunks - 1)::int) as number
      where project_id = \(inspected.request)::uuid
      """)
    return inspected
  }

  private func state(of inspected: Inspected) throws -> String {
    try inspected.progress()["state"].string
  }

  @Test(arguments: [true, false])
  func oneChunkDoesNotWaitForTwoHundredOfAnother(_ isManyFirst: Bool) throws {
    var alone: [Inspected] = []
    if !isManyFirst { alone.append(try run(of: "few", chunks: 1)) }
    let many = try run(of: "many", chunks: 200)
    if isManyFirst { alone.append(try run(of: "few", chunks: 1)) }
    let worker = Worker(site.site)
    #expect(try worker.runNext())
    #expect(try worker.runNext())
    #expect(try state(of: alone[0]) == "completed")
    #expect(try state(of: many) == "running")
    let left = try site.owner().one(
      "select count(*) from job_chunk where state = 'queued'"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(left == 199)
  }

  @Test func threeOrganizationsGetEveryThirdChunkEach() throws {
    let runs = try ["one", "two", "three"].map { try run(of: $0, chunks: 4) }
    let worker = Worker(site.site)
    for round in 1...4 {
      for _ in runs { #expect(try worker.runNext()) }
      let done = try site.owner().all(
        """
        select count(*) filter (where c.state = 'completed')
        from job_chunk c join job using (job_id) group by c.organization_id
        """
      ) { row throws(PostgresError) in try row.next(Int.self) }
      #expect(done == [round, round, round])
    }
    #expect(try !worker.runNext())
  }

  @Test func organizationsWhoseChunksMustWaitAreSkipped() throws {
    let waiting = try run(of: "waiting", chunks: 3)
    try site.owner().run("update job_chunk set run_after = now() + interval '1 hour'")
    let other = try run(of: "other", chunks: 1)
    let worker = Worker(site.site)
    #expect(try worker.runNext())
    #expect(try !worker.runNext())
    #expect(try state(of: other) == "completed")
    #expect(try state(of: waiting) == "queued")
  }

  @Test func manyWorkersShareTheChunksOfManyOrganizations() throws {
    for name in ["one", "two", "three"] { _ = try run(of: name, chunks: 10) }
    let site = site.site
    let counts = try inThreads(4) { _ in
      try Worker(site).runAll()
    }
    #expect(counts.reduce(0, +) == 30)
    let once = ChunkRow(state: "completed", attempts: 1, token: 1)
    #expect(try ChunkRow.all(self.site) == [ChunkRow](repeating: once, count: 30))
  }

  @Test func previewsGetOneOfEightChunks() throws {
    let busy = try run(of: "busy", chunks: 20)
    // The previews of another organization's picture have a lower priority.
    let customer = try site.person(.customer, named: "quiet")
    let request = try site.request(by: customer)
    _ = try Undecoded.withoutPreviews(in: site.site.config.store) {
      try site.upload([("a.png", Pictures.png(seed: 7))], to: request, by: customer)
    }
    let isMade = {
      try site.owner().one(
        "select exists (select from job where kind = 'previews' and state = 'completed')"
      ) { row throws(PostgresError) in try row.next(Bool.self) }
    }
    let worker = Worker(site.site)
    for _ in 1...7 { #expect(try worker.runNext()) }
    #expect(try !isMade())
    #expect(try worker.runNext())
    #expect(try isMade())
    #expect(try state(of: busy) == "running")
  }

  @Test func aLongQueueIsNotReadToTakeTheFirstChunk() throws {
    let owner = site.owner()
    try owner.transaction { db in
      _ = try JobQueries.start(
        WordJob.self, key: nil, for: .site,
        chunks: "select jsonb_build_object('words', 'one'), 1 from generate_series(1, 12500)", db)
    }
    try owner.run("analyze")
    let before = try RowsRead(site, by: owner)
    #expect(try site.worker(WordJob(notes: Notes())).runNext())
    try waitForWorkersToLeave()
    let after = try RowsRead(site, by: owner)
    #expect((1..<100).contains(after.count(since: before)), "\(after.description(since: before))")
  }

  /// PostgreSQL counts all rows that a connection has read when the connection ends.
  private func waitForWorkersToLeave() throws {
    for _ in 0..<3000 {
      let haveLeft = try site.owner().one(
        """
        select not exists (
          select from pg_stat_activity
          where datname = current_database() and usename = 'assay_worker')
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
      if haveLeft { return }
      usleep(10_000)
    }
    throw Missing(description: "a worker's connection stays open")
  }
}
