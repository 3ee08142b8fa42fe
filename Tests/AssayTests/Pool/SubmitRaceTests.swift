import Assay
import Glibc
import HTTP
import Postgres
import Support
import Synchronization
import Testing
import Web

@Suite("Answers against changes at the same moment")
struct SubmitRaceTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static let answer = #"{"label": "cat"}"#

  private func expectSound(_ location: SourceLocation = #_sourceLocation) throws {
    #expect(try OpenedRequest.faults(site.owner()) == [], sourceLocation: location)
    #expect(try site.deadlocks() == 0, sourceLocation: location)
  }

  /// A request with tasks of one picture.
  private func opened(_ pictures: Int, slots: Int = 1) throws -> OpenedRequest {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"items_per_task": 1, "labels_per_item": \#(slots)}"#)
    if pictures > 1 { try opened.addPictures(pictures - 1) }
    return opened
  }

  @Test func anAnswerToAnExcludedPictureIsKept() throws {
    let opened = try opened(40)
    let person = try site.person(.labeler)
    let (tasks, database) = (try opened.tasks(), site.database)
    let rounds = try site.rounds(
      tasks.count, 2,
      prepare: { client, round in
        _ = try client.send("POST", "/tasks/\(tasks[round])/claim", as: person)
      },
      { client, thread, round in
        guard thread == 1 else {
          return try client.send(
            "POST", "/tasks/\(tasks[round])/submit", as: person, json: Self.answer
          ).status
        }
        return try Connection(database).run(
          """
          update item set state = 'excluded', excluded_because = 'test'
          where item_id = (select item_id from task_item where task_id = \(tasks[round])::uuid)
          """)
      })
    #expect(rounds == [[Int]](repeating: [200, 1], count: 40))
    #expect(try opened.slots().allSatisfy { $0.hasPrefix("excluded ") && $0.hasSuffix(" 0 of 1") })
    #expect(
      try opened.words(
        """
        select count(*) || ' ' || count(*) filter (where c.state in ('counted', 'surplus'))
        from annotation n join claim c on c.item_id = n.item_id and c.account_id = n.account_id
        """) == ["40 40"])
    try expectSound()
  }

  @Test func anAnswerThatIsSavedDuringAnExclusionIsKept() throws {
    let opened = try OpenedRequest(site, pictures: 2)
    let person = try site.person(.labeler)
    let (task, image) = (try opened.claim(person), opened.images[0])
    let (database, site) = (site.database, site.site)
    let body = #"{"image_id": "\#(image)", "labels": ["cat"], "submit": false}"#
    let statuses = try inThreads(2) { thread in
      guard thread == 1 else {
        // The exclusion has ended the lease, and commits while the save waits for it.
        let owner = Connection(database)
        return try owner.transaction { db in
          try db.run(
            """
            update item set state = 'excluded', excluded_because = 'test'
            where item_id = \(image)::uuid
            """)
          usleep(1_500_000)
          return 200
        }
      }
      usleep(500_000)
      return try Client(site).send("POST", "/tasks/\(task)/labels", as: person, json: body).status
    }
    #expect(statuses == [200, 200])
    #expect(
      try opened.words(
        "select state::text from claim where item_id = \(image)::uuid") == ["surplus"])
    try expectSound()
  }

  @Test func anAnswerToAClosedRequestCounts() throws {
    let opened = try opened(20)
    let person = try site.person(.labeler)
    let (request, customer, tasks) = (opened.request, opened.customer, try opened.tasks())
    let rounds = try site.rounds(
      tasks.count, 2,
      prepare: { client, round in
        _ = try client.send("POST", "/requests/\(request)/open", as: customer)
        _ = try client.send("POST", "/tasks/\(tasks[round])/claim", as: person)
      },
      { client, thread, round in
        thread == 1
          ? try client.send("POST", "/requests/\(request)/close", as: customer).status
          : try client.send(
            "POST", "/tasks/\(tasks[round])/submit", as: person, json: Self.answer
          ).status
      })
    #expect(rounds == [[Int]](repeating: [200, 200], count: 20))
    #expect(try opened.slots() == [String](repeating: "resolved 1 0 of 1", count: 20))
    try expectSound()
  }

  @Test func noLeaseBeginsAfterTheRequestIsClosed() throws {
    let opened = try opened(20)
    let person = try site.person(.labeler)
    let (request, customer, tasks) = (opened.request, opened.customer, try opened.tasks())
    let rounds = try site.rounds(
      tasks.count, 2,
      prepare: { client, _ in
        _ = try client.send("POST", "/requests/\(request)/open", as: customer)
      },
      { client, thread, round in
        guard thread == 0 else {
          return try client.send("POST", "/requests/\(request)/close", as: customer).status
        }
        let claimed = try client.send("POST", "/tasks/\(tasks[round])/claim", as: person).status
        guard claimed == 200 else { return claimed }
        return try client.send(
          "POST", "/tasks/\(tasks[round])/submit", as: person, json: Self.answer
        ).status
      })
    #expect(rounds.allSatisfy { [[200, 200], [409, 200]].contains($0) })
    let taken = rounds.count { $0[0] == 200 }
    let slots = try opened.slots()
    #expect(slots.count { $0 == "resolved 1 0 of 1" } == taken)
    #expect(slots.count { $0 == "open 0 0 of 1" } == 20 - taken)
    try expectSound()
  }

  @Test func anAnswerCountsOnlyBeforeTheRemovalOfItsAuthor() throws {
    let opened = try opened(20)
    let person = try site.person(.labeler)
    let id = try site.send("GET", "/auth/me", as: person).json["id"].string
    let (request, customer, tasks) = (opened.request, opened.customer, try opened.tasks())
    let database = site.database
    let rounds = try site.rounds(
      tasks.count, 2,
      prepare: { client, round in
        try Connection(database).run(
          """
          insert into project_member (project_id, organization_id, account_id, role)
          select p.project_id, p.organization_id, \(id)::uuid, 'labeler' from project p
          where p.project_id = \(request)::uuid on conflict do nothing
          """)
        _ = try client.send("POST", "/tasks/\(tasks[round])/claim", as: person)
      },
      { client, thread, round in
        thread == 1
          ? try client.send(
            "DELETE", "/api/projects/\(request)/members/\(id)", as: customer
          ).status
          : try client.send(
            "POST", "/tasks/\(tasks[round])/submit", as: person, json: Self.answer
          ).status
      })
    #expect(rounds.allSatisfy { [[200, 200], [404, 200]].contains($0) })
    try site.runPoolJob()
    let taken = rounds.count { $0[0] == 200 }
    let slots = try opened.slots()
    #expect(slots.count { $0 == "resolved 1 0 of 1" } == taken)
    #expect(slots.count { $0 == "open 0 0 of 1" } == 20 - taken)
    #expect(try opened.words("select count(*)::text from annotation") == ["\(taken)"])
    try expectSound()
  }

  @Test func whatARemovedLabelerSavedCounts() throws {
    let opened = try OpenedRequest(
      site, pictures: 2, settings: #"{"items_per_task": 2, "labels_per_item": 1}"#)
    let person = try site.person(.labeler)
    let id = try site.send("GET", "/auth/me", as: person).json["id"].string
    let task = try opened.claim(person)
    #expect(try opened.save(["cat"], of: opened.images[0], in: task, as: person).status == 200)
    let path = "/api/projects/\(opened.request)/members/\(id)"
    #expect(try site.send("DELETE", path, as: opened.customer).status == 200)
    #expect(try opened.save(["cat"], of: opened.images[1], in: task, as: person).status == 404)
    try site.runPoolJob()
    #expect(try opened.slots() == ["resolved 1 0 of 1", "open 0 0 of 1"])
    #expect(try opened.next(person).status == 404)
    try expectSound()
  }

  /// The late answer holds the expired assignment and needs the task; the claim holds the task and
  /// needs the assignment.
  @Test func aLateAnswerAndANewClaimOfOnePersonAreNoDeadlock() throws {
    let opened = try opened(1, slots: 100)
    let people = try site.labelers(30)
    let database = site.database
    let task = try opened.tasks()[at: 0]
    for person in people { #expect(try opened.claim(person) == task) }
    try Connection(database).run(
      "update assignment set lease_expires_at = now() - interval '1 second'")
    try site.runPoolJob()
    #expect(try opened.slots() == ["open 0 0 of 100"])
    let rounds = try site.rounds(people.count, 2) { client, thread, round in
      thread == 0
        ? try client.send(
          "POST", "/tasks/\(task)/submit", as: people[round], json: Self.answer
        ).status
        : try client.send("POST", "/tasks/next", as: people[round]).status
    }
    // 204: the answer was counted before, or was just being counted.
    #expect(rounds.allSatisfy { [[200, 200], [200, 204]].contains($0) })
    #expect(try opened.slots() == ["open 30 0 of 100"])
    try expectSound()
  }

  /// The lease ends while its release waits, and another person has the slot when that goes on.
  @Test func aReleaseEndsNoLeaseOfAnother() throws {
    let opened = try opened(1)
    let people = try site.labelers(2)
    let (person, task) = (people[0], try opened.claim(people[0]))
    let other = try site.send("GET", "/auth/me", as: people[1]).json["id"].string
    let (served, owner) = (site.site, site.owner())
    let isLocked = Atomic<Bool>(false)
    let statuses = try inThreads(1) { _ in
      try wait(for: "the lock") { isLocked.load(ordering: .acquiring) }
      return try Client(served).send("POST", "/tasks/\(task)/release", as: person).status
    } meanwhile: {
      try owner.transaction { db in
        for state in ["excluded", "ready"] {
          try db.run("update item set state = \(state)::item_state")
        }
        try db.run("select set_config('assay.account', \(other), true)")
        try db.run("select claim_task(\(task)::uuid)")
        isLocked.store(true, ordering: .releasing)
        try site.waitForARow()
      }
    }
    #expect(statuses == [200])
    #expect(try opened.slots() == ["open 0 1 of 1"])
    try expectSound()
  }
}
