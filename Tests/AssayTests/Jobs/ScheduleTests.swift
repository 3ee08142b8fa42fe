import Assay
import Postgres
import Queue
import Site
import Support
import Testing
import Vocabulary

@Suite("Schedules")
struct ScheduleTests {
  private let site: TestSite
  private let notes = Notes()
  init() throws { site = try TestSite() }

  private struct Broken: Error {}

  /// Starts several workers at the same time, which take all that is due.
  private func workTogether() throws {
    let (site, notes) = (site.site, notes)
    _ = try inThreads(4) { _ in
      let worker = Worker(
        [DailyJob(notes: notes)], database: site.config.database(as: .worker), log: .assay)
      try worker.openSchedules()
      try worker.runAll()
    }
  }

  @Test func allWorkersTogetherRunAScheduleOncePerDueTime() throws {
    for round in 1...3 {
      try workTogether()
      #expect(notes.all.count == round)
      let isDueTomorrow = try site.owner().one(
        """
        select count(*) = 1 and bool_and(
          run_after between now() + interval '23 hours' and now() + interval '1 day')
        from job_chunk
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
      #expect(isDueTomorrow)
      try site.owner().run("update job_chunk set run_after = now()")
    }
  }

  @Test func aScheduleContinuesAfterAFailedRun() throws {
    let worker = site.worker(DailyJob(notes: notes) { throw Broken() })
    try worker.openSchedules()
    #expect(try worker.runNext())
    #expect(try !worker.runNext())
    #expect(try site.states(of: "daily") == ["running queued 0"])
    try site.owner().run("update job_chunk set run_after = now()")
    #expect(try site.worker(DailyJob(notes: notes)).runNext())
    #expect(notes.all == ["run"])
  }

  @Test func aScheduleContinuesAfterItsWorkersDied() throws {
    let worker = site.worker(DailyJob(notes: notes))
    try worker.openSchedules()
    try site.owner().run(
      """
      update job_chunk
      set state = 'running', deaths = 2, lease_expires_at = now() - interval '1 second'
      """)
    #expect(try worker.runNext())
    #expect(notes.all == [])
    try site.owner().run("update job_chunk set run_after = now()")
    #expect(try worker.runNext())
    #expect(notes.all == ["run"])
  }
}
