import Assay
import Postgres
import Queue
import Site
import Support
import Testing

@Suite("Jobs of any kind")
struct JobKindTests {
  private let site: TestSite
  private let notes = Notes()
  init() throws { site = try TestSite() }

  private struct Broken: Error {}

  /// Works until no chunk waits, and skips all pauses before another try.
  private func workToTheEnd(_ worker: Worker) throws {
    for _ in 0..<100 {
      try worker.runAll()
      let waiting = try site.owner().run(
        "update job_chunk set run_after = now() where state = 'queued' and run_after > now()")
      if waiting == 0 { return }
    }
    throw Missing(description: "a chunk is put off again and again")
  }

  @Test func everyKindHasItsOwnName() {
    let names = Jobs.all(site.site).map { type(of: $0).name }
    #expect(Set(names).count == names.count)
  }

  @Test func aFailingPartStopsNoOther() throws {
    try site.start([["one", "bad", "two"], ["three"]])
    let worker = site.worker(
      WordJob(notes: notes) { word, _ in if word == "bad" { throw Broken() } })
    try workToTheEnd(worker)
    // Only this part is condemned and recorded as failed.
    #expect(notes.all.sorted() == ["bad", "failing ", "one", "three", "two"])
    #expect(
      try site.states(of: "words") == [
        "completed completed 1", "completed completed 1", "completed completed 2",
        "completed completed 1",
      ])
  }

  private struct Outage: BlamingError { let blame = Blame.surroundings }

  /// The chunk that ends last does not decide alone.
  @Test(arguments: [["bad", "good"], ["good", "bad"]])
  func aJobWithAFailedChunkHasFailed(order: [String]) throws {
    try site.start(order.map { [$0] })
    // The last attempt: nothing is wrong with the part, so it is not condemned but given up.
    try site.owner().run("update job_chunk set attempts = 4")
    let worker = site.worker(
      WordJob(notes: notes) { word, _ in if word == "bad" { throw Outage() } })
    try worker.runAll()
    #expect(notes.all == ["good"])
    #expect(
      try site.states(of: "words")
        == order.map { $0 == "bad" ? "failed failed 5" : "failed completed 5" })
  }

  @Test func aPartThatKillsWorkersIsIsolated() throws {
    try site.start([["deadly"]])
    let database = site.database
    let job = WordJob(notes: notes) { _, lease in
      // A worker whose token is invalid can no longer write, as if it were dead.
      try Connection(database).run("update job_chunk set token = token + 1")
      try lease.beat()
    }
    let worker = site.worker(job)
    for _ in 1...4 {
      #expect(try worker.runNext())
      try site.owner().run("update job_chunk set lease_expires_at = now() - interval '1 second'")
    }
    #expect(notes.all == ["deadly deadly", "deadly"])
    #expect(try site.states(of: "words") == ["completed completed 4"])
  }

  @Test func aCancelledJobStopsBeforeTheNextPart() throws {
    let job = try #require(try site.start([["one", "two"], ["three"]]))
    let seen = Notes()
    let database = site.database
    let worker = site.worker(
      WordJob(notes: notes) { word, _ in
        seen.add(word)
        try Connection(database).transaction { db in try CancelQueries.cancel(job, db) }
      })
    try worker.runAll()
    #expect(seen.all == ["one"])
    #expect(notes.all == [])
    #expect(try site.states(of: "words") == ["cancelled cancelled 1", "cancelled cancelled 0"])
  }

  @Test func aKeyAdmitsOneOpenJob() throws {
    #expect(try site.start([["one"]], key: "k") != nil)
    #expect(try site.start([["two"]], key: "k") == nil)
    #expect(try site.start([["three"]], key: "other") != nil)
    #expect(try site.start([["four"]]) != nil)
    #expect(try site.start([["five"]]) != nil)
    let worker = site.worker(WordJob(notes: notes))
    try worker.runAll()
    #expect(notes.all.sorted() == ["five", "four", "one", "three"])
    #expect(try site.start([["six"]], key: "k") != nil)
  }

  @Test func onlyOneConcurrentStartWithAKeySucceeds() throws {
    let database = site.database
    let jobs = try inThreads(6) { _ in
      try Connection(database).transaction { db in
        try JobQueries.start(
          WordJob.self, key: "k", for: .site, chunks: [WordJob.Payload(words: ["one"])], db)
      }
    }
    #expect(jobs.count { $0 != nil } == 1)
    #expect(try site.states(of: "words") == ["queued queued 0"])
  }

  @Test func tenantsDoNotSeeTheJobsOfTheSite() throws {
    try site.start([["one"]])
    let db = site.connection(as: .application)
    for scope in ["", "{018f0000-0000-7000-8000-000000000000}", "*"] {
      try db.script("set assay.organizations = '\(scope)'")
      for table: SQL in ["job", "job_chunk"] {
        let count = try db.one("select count(*) from \(table)") { row throws(PostgresError) in
          try row.next(Int.self)
        }
        #expect(count == 0, "\(scope)")
      }
    }
  }

  @Test func kindsTakeTurns() throws {
    try site.start([["one"], ["two"], ["three"]])
    let worker = site.worker(WordJob(notes: notes), DailyJob(notes: notes))
    try worker.openSchedules()
    for _ in 1...2 { #expect(try worker.runNext()) }
    #expect(notes.all.sorted() == ["one", "run"])
  }
}
