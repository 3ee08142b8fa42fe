import Assay
import HTTP
import Postgres
import Queue
import Support
import Testing

@Suite("POST /requests/{request}/qc/cancel")
struct CancelQualityTests {
  private func cancel(_ inspected: Inspected) throws -> Answer {
    try inspected.site.send(
      "POST", "/requests/\(inspected.request)/qc/cancel", as: inspected.customer)
  }

  @Test func aRunIsCancelledAndAnotherCanStart() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(20)
    try #require(try inspected.start().status == 200)
    let worker = Worker(inspected.site.site)
    try #require(try worker.runNext())
    let before = try inspected.progress()
    #expect(try before["rate"].double > 0)
    #expect(try before["seconds_left"].int > 0)
    let answer = try cancel(inspected)
    #expect(answer.status == 200)
    let stopped = try answer.json
    #expect(try stopped["state"].string == "cancelled")
    #expect(try stopped["done"].int == 8 && stopped["total"].int == 20)
    #expect(try stopped["seconds_left"].int == 0)
    #expect(try cancel(inspected).json == stopped)
    #expect(try !worker.runNext())
    #expect(try inspected.checked().count == 8)
    let request = try inspected.site.send(
      "GET", "/requests/\(inspected.request)", as: inspected.customer)
    #expect(try request.json["status"].string != "qc")

    try inspected.run()
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.progress()["done"].int == 20)
    #expect(try inspected.checked().count == 20)
    #expect(try cancel(inspected).json["state"].string == "completed")
  }

  @Test func aWorkerOfACancelledRunWritesNothing() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(2)
    try #require(try inspected.start().status == 200)
    let holder = inspected.site.owner()
    try holder.script(
      """
      begin;
      select pg_advisory_xact_lock(hashtextextended(organization_id::text, 0)) from organization
      """)
    let site = inspected.site.site
    let ran = try inThreads(1) { _ in
      try Worker(site).runNext()
    } meanwhile: {
      try inspected.site.waitForALock()
      #expect(try cancel(inspected).json["state"].string == "cancelled")
      try holder.script("commit")
    }
    #expect(ran == [true])
    #expect(try inspected.results().text == "[]")
    #expect(try inspected.progress()["state"].string == "cancelled")
    try inspected.run()
    #expect(try inspected.checked().count == 2)
  }

  /// Otherwise it would lock the job before its chunks, and workers lock in the other order.
  @Test func aRunStartedMeanwhileContinues() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(2)
    try #require(try inspected.start().status == 200)
    let holder = inspected.site.owner()
    try holder.script(
      """
      create function pause() returns trigger language plpgsql as $$
      begin
        if session_user = 'assay_app' then perform pg_advisory_xact_lock(1); end if;
        return null;
      end $$;
      create trigger pause after update on job_chunk execute function pause()
      """)
    try holder.script("begin; select pg_advisory_xact_lock(1)")
    let (path, customer) = ("/requests/\(inspected.request)/qc/cancel", inspected.customer)
    let site = inspected.site.site
    let cancelled = try inThreads(1) { _ in
      try Client(site).send("POST", path, as: customer).status
    } meanwhile: {
      try inspected.site.waitForALock()
      try inspected.site.owner().script(
        "update job set state = 'completed', finished_at = now()")
      #expect(try inspected.start().status == 200)
      try holder.script("commit")
    }
    #expect(cancelled == [200])
    #expect(try inspected.progress()["state"].string == "queued")
    try inspected.site.work()
    #expect(try inspected.progress()["state"].string == "completed")
    #expect(try inspected.checked().count == 2)
  }

  @Test func cancellingWithoutARunChangesNothing() throws {
    let inspected = try Inspected()
    let answer = try cancel(inspected)
    #expect(answer.status == 200)
    #expect(try answer.json["state"] == .null)
  }

  @Test func concurrentCancellationsAllSucceed() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(30)
    try #require(try inspected.start().status == 200)
    let (path, customer) = ("/requests/\(inspected.request)/qc/cancel", inspected.customer)
    let site = inspected.site.site
    let answers = try inspected.site.race(5) { client, index in
      if index == 0 {
        let worker = Worker(site)
        try worker.runAll()
        return 200
      }
      return try client.send("POST", path, as: customer).status
    }
    #expect(answers == [Int](repeating: 200, count: 5))
    #expect(try ["cancelled", "completed"].contains(inspected.progress()["state"].string))
    let open = try inspected.site.owner().one(
      "select count(*) from job_chunk where state in ('queued', 'running')"
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(open == 0)
  }
}
