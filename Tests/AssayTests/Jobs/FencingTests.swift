import Assay
import Postgres
import Queue
import Site
import Support
import Testing

/// A worker whose chunk was given to another does not touch it again, however its own work ends.
@Suite("Fencing")
struct FencingTests {
  private let site: TestSite
  private let notes = Notes()
  init() throws { site = try TestSite() }

  private struct Broken: Error {}
  private struct Outage: BlamingError { let blame = Blame.surroundings }

  /// Gives the chunk to another worker, until a time that no heartbeat sets.
  private static func steal(_ database: String) throws {
    try Connection(database).run(
      """
      update job_chunk
      set token = token + 1, attempts = 9, leased_by = 'another', lease_expires_at = '2100-01-01'
      """)
  }

  /// The other worker's row.
  private func expectUntouched(_ location: SourceLocation = #_sourceLocation) throws {
    let rows = try site.owner().all(
      """
      select concat_ws(' ', c.state, c.attempts, c.token, c.leased_by, c.lease_expires_at::date,
        c.error, j.state)
      from job_chunk c join job j using (job_id)
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(rows == ["running 9 2 another 2100-01-01 running"], sourceLocation: location)
  }

  @Test func aFinishedChunkStaysWithItsNewWorker() throws {
    try site.start([["one"]])
    let database = site.database
    let worker = site.worker(WordJob(notes: notes) { _, _ in try Self.steal(database) })
    #expect(try worker.runNext())
    try expectUntouched()
  }

  /// The first attempt is put off, the last one is given up.
  @Test(arguments: [0, 4]) func aFailedChunkStaysWithItsNewWorker(attempts: Int) throws {
    try site.start([["one"]])
    try site.owner().run("update job_chunk set attempts = \(attempts)")
    let database = site.database
    let worker = site.worker(
      WordJob(notes: notes) { _, _ in
        try Self.steal(database)
        throw Outage()
      })
    #expect(try worker.runNext())
    try expectUntouched()
  }

  @Test func aSplitChunkStaysWithItsNewWorker() throws {
    try site.start([["one", "two"]])
    let database = site.database
    let worker = site.worker(
      WordJob(notes: notes) { _, _ in
        try Self.steal(database)
        throw Broken()
      })
    #expect(try worker.runNext())
    try expectUntouched()
  }

  /// A schedule's chunk goes back to the queue after success and after failure.
  @Test(arguments: [false, true]) func aScheduleStaysWithItsNewWorker(fails: Bool) throws {
    let database = site.database
    var job = DailyJob(notes: notes)
    job.act = {
      try Self.steal(database)
      if fails { throw Broken() }
    }
    let worker = site.worker(job)
    try worker.openSchedules()
    #expect(try worker.runNext())
    try expectUntouched()
  }

  @Test func aPartIsNotBegunWithoutTheLease() throws {
    try site.start([["one", "two"]])
    let database = site.database
    let seen = Notes()
    let worker = site.worker(
      WordJob(notes: notes) { word, _ in
        seen.add(word)
        try Self.steal(database)
      })
    #expect(try worker.runNext())
    #expect(seen.all == ["one"])
    #expect(notes.all == [])
  }

  /// The thread that renews leases gives up, too.
  ///
  /// A trigger counts its statements, because one that finds no row leaves no other trace.
  @Test func aHeartbeatDoesNotRenewAnothersLease() throws {
    try site.owner().script(
      """
      create sequence beats;
      create function count_beat() returns trigger language plpgsql security definer as
        $$ begin perform nextval('public.beats'); return null; end $$;
      create trigger count_beat after update on job_chunk execute function count_beat()
      """)
    try site.start([["one"]])
    let database = site.database
    let worker = site.worker(
      WordJob(notes: notes) { _, _ in
        let db = Connection(database)
        try Self.steal(database)
        func beats() throws -> Int {
          try db.one("select last_value from beats") { row throws(PostgresError) in
            try row.next()
          }
        }
        let before = try beats()
        try wait(for: "a heartbeat", pause: 20_000) { try beats() > before }
      })
    #expect(try worker.runNext())
    try expectUntouched()
  }
}
