import Assay
import Glibc
import HTTP
import Postgres
import Queue
import Support
import Synchronization
import Testing
import Web

@Suite("Fifty labelers at once")
struct CrowdSimulationTests {
  private let site: TestSite
  private let opened: OpenedRequest
  init() throws {
    site = try TestSite()
    opened = try OpenedRequest(
      site, pictures: 1, classes: ["cat", "dog", "bird"],
      settings: """
        {"items_per_task": \(SimulatedCrowd.bundle), "labels_per_item": 3, "points_per_item": 7}
        """)
    try opened.addPictures(1999)
    try notePromotions()
  }

  /// Records the answers that got a slot later than they were given: no points are promised then.
  private func notePromotions() throws {
    try site.owner().script(
      """
      create table promoted (item_id uuid, account_id uuid, primary key (item_id, account_id));
      create function note_promoted() returns trigger language plpgsql security definer as $$
      begin
        insert into public.promoted values (new.item_id, new.account_id);
        return null;
      end $$;
      create trigger promoted after update on claim for each row
        when (old.state = 'surplus' and new.state = 'counted') execute function note_promoted()
      """)
  }

  /// Ends leases and settles results as the worker does, without its pauses.
  private static func runJobs(_ worker: Worker, _ owner: Connection) throws {
    try worker.openSchedules()
    try owner.run(
      "update job_chunk set run_after = now() where kind = 'pools' and run_after > now()")
    try worker.runAll()
  }

  /// Excludes a picture and restores another one.
  private static func moderate(
    _ request: String, _ owner: Connection, _ chance: inout Chance
  ) throws {
    let place = Int.random(in: 0..<2000, using: &chance)
    try owner.run(
      """
      update item set state = 'excluded', excluded_because = 'test'
      where item_id = (
        select item_id from pool_item
        where project_id = \(request)::uuid and state <> 'excluded'
        order by item_id offset \(place) limit 1)
      """)
    try owner.run(
      """
      update item set state = 'ready', excluded_because = null
      where item_id = (
        select item_id from pool_item
        where project_id = \(request)::uuid and state = 'excluded'
        order by item_id offset 5 limit 1)
      """)
  }

  @Test func everyPictureGetsItsAnswers() throws {
    let people = try site.labelers(50)
    let crowd = SimulatedCrowd(people, opened.request, site.database)
    let (request, database) = (opened.request, site.database)
    let (workers, served) = (10, site.site)
    let working = Atomic<Int>(workers)
    let faults = try site.race(workers + 3) { client, thread in
      guard thread >= workers else {
        defer { working.subtract(1, ordering: .relaxed) }
        try crowd.work(client, thread, of: workers)
        return [String]()
      }
      let owner = Connection(database)
      var (found, chance) = ([String](), Chance())
      let worker = thread == workers ? Worker(served) : nil
      while working.load(ordering: .relaxed) > 0 {
        if let worker {
          try Self.runJobs(worker, owner)
        } else if thread == workers + 1 {
          try Self.moderate(request, owner, &chance)
        } else {
          found += try OpenedRequest.faults(owner)
        }
        usleep(20_000)
      }
      return found
    }
    #expect(faults.joined().isEmpty, "\(faults.joined().prefix(5))")
    #expect(crowd.failures == [])
    try site.runPoolJob()
    try expectComplete()
    try expectOneAnswerPerPerson()
    try expectPoints()
    #expect(try site.deadlocks() == 0)
  }

  private func expectComplete() throws {
    #expect(try OpenedRequest.faults(site.owner()) == [])
    let others = try opened.slots().filter { slots in
      !["resolved 3 0 of 3", "contested 3 0 of 3"].contains(slots)
        && !slots.hasPrefix("excluded ")
    }
    #expect(others == [])
    #expect(try opened.slots().count { $0.hasPrefix("excluded ") } < 20)
  }

  private func expectOneAnswerPerPerson() throws {
    // The primary key of claims allows one place per person; here it is compared with the answers.
    #expect(
      try opened.words(
        """
        select c.state || ' without an answer' from claim c
        where c.state in ('counted', 'surplus') and not exists (
          select from annotation n where n.item_id = c.item_id and n.account_id = c.account_id)
        union all
        select 'an answer that is ' || coalesce(c.state::text, 'lost')
        from (select distinct item_id, account_id from annotation) n
        left join claim c on c.item_id = n.item_id and c.account_id = n.account_id
        where coalesce(c.state, 'returned') not in ('counted', 'surplus')
        """) == [])
  }

  /// Compares the ledger with the claims, and the sums with the ledger.
  private func expectPoints() throws {
    #expect(
      try opened.words(
        """
        select 'promised ' || e.points || ' of ' || c.points
        from (
          select c.account_id, sum(c.points) as points from claim c
          where c.state = 'counted' and not exists (
            select from promoted p where p.item_id = c.item_id and p.account_id = c.account_id)
          group by c.account_id
        ) c
        full join (
          select account_id, sum(points) as points from points_entry
          where kind = 'provisional' and points > 0 group by account_id
        ) e on e.account_id = c.account_id
        where e.points is distinct from c.points
        """) == [])
    #expect(
      try opened.words(
        """
        select 'day and total: ' || coalesce(s.provisional, 0) || ' ' || t.provisional || ', '
          || coalesce(s.labeled, 0) || ' ' || t.labeled || ', ledger: ' || coalesce(e.points, 0)
        from points_total t
        left join (
          select account_id, sum(provisional) as provisional, sum(labeled) as labeled
          from points_day group by account_id
        ) s on s.account_id = t.account_id
        left join (
          select account_id, sum(points) as points from points_entry
          where kind = 'provisional' group by account_id
        ) e on e.account_id = t.account_id
        where s.provisional is distinct from t.provisional or s.labeled is distinct from t.labeled
          or coalesce(e.points, 0) <> t.provisional
        """) == [])
    #expect(try opened.words("select 'x' from points_total limit 1") == ["x"])
  }
}
