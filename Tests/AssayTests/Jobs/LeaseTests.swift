import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Support
import Testing

@Suite("Leases")
struct LeaseTests {
  private let inspected: Inspected
  private var site: TestSite { inspected.site }
  init() throws {
    inspected = try Inspected()
    try inspected.uploadDistinct(2)
    #expect(try inspected.start().status == 200)
  }

  /// Makes another worker take the chunk and keep it for so many seconds.
  private func steal(for seconds: Int) throws {
    try site.owner().run(
      """
      update job_chunk
      set state = 'running', attempts = attempts + 1, token = token + 1, leased_by = 'another',
        lease_expires_at = now() + make_interval(secs => \(seconds)::int)
      """)
    try site.owner().run("update job set state = 'running'")
  }

  @Test func aLiveLeaseIsLeftAlone() throws {
    try steal(for: 60)
    #expect(try !Worker(site.site).runNext())
    #expect(try ChunkRow.all(site) == [ChunkRow(state: "running", attempts: 1, token: 1)])
  }

  @Test func aChunkOfASilentWorkerIsTakenAgain() throws {
    try steal(for: -1)
    try site.work()
    #expect(try ChunkRow.all(site) == [ChunkRow(state: "completed", attempts: 2, token: 2)])
    #expect(try inspected.progress()["state"] == .string("completed"))
    #expect(try inspected.checked().count == 2)
  }

  @Test func aWorkerWithoutItsLeaseWritesNothing() throws {
    // The worker inspects, then waits for the lock that its organization's comparisons take.
    try inspected.forgetInspections()
    let holder = site.owner()
    try holder.script(
      """
      begin;
      select pg_advisory_xact_lock(hashtextextended(organization_id::text, 0)) from organization
      """)
    let shared = site.site
    let ran = try inThreads(1) { _ in
      try Worker(shared).runNext()
    } meanwhile: {
      try site.waitForALock()
      try steal(for: 60)
      try holder.script("commit")
    }
    #expect(ran == [true])
    #expect(try ChunkRow.all(site) == [ChunkRow(state: "running", attempts: 2, token: 2)])
    #expect(try inspected.results().text == "[]")
    #expect(try inspected.progress()["done"].int == 0)
    try site.owner().run("update job_chunk set lease_expires_at = now() - interval '1 second'")
    try site.work()
    #expect(try ChunkRow.all(site) == [ChunkRow(state: "completed", attempts: 3, token: 3)])
    #expect(try inspected.checked().count == 2)
  }

  @Test func aLeaseLastsWhileItsWorkerLives() throws {
    let holder = site.owner()
    try holder.script(
      """
      begin;
      select pg_advisory_xact_lock(hashtextextended(organization_id::text, 0)) from organization
      """)
    let shared = site.site
    let ran = try inThreads(1) { _ in
      try Worker(shared).runNext()
    } meanwhile: {
      try site.waitForALock()
      // The lease is nearly over: only a heartbeat can extend it while the worker waits.
      try site.owner().run("update job_chunk set lease_expires_at = now()")
      try waitForAHeartbeat()
      try holder.script("commit")
    }
    #expect(ran == [true])
    #expect(try ChunkRow.all(site) == [ChunkRow(state: "completed", attempts: 1, token: 1)])
  }

  private func waitForAHeartbeat() throws {
    for _ in 0..<3000 {
      let hasCome = try site.owner().one(
        "select lease_expires_at > now() from job_chunk"
      ) { row throws(PostgresError) in try row.next(Bool.self) }
      if hasCome { return }
      usleep(10_000)
    }
    throw Missing(description: "no heartbeat came")
  }
}
