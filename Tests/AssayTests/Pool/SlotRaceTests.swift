import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Concurrent claims and answers of one slot")
struct SlotRaceTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  /// A request whose tasks have one picture and one slot.
  private func opened(_ settings: String = "") throws -> OpenedRequest {
    try OpenedRequest(
      site, pictures: 1, settings: #"{"items_per_task": 1, "labels_per_item": 1\#(settings)}"#)
  }

  private func expectSound(_ location: SourceLocation = #_sourceLocation) throws {
    #expect(try OpenedRequest.faults(site.owner()) == [], sourceLocation: location)
    #expect(try site.deadlocks() == 0, sourceLocation: location)
  }

  @Test func ofTwoClaimsOfASlotOneWins() throws {
    let opened = try opened()
    let people = try site.labelers(2)
    try opened.addPictures(199)
    let tasks = try opened.tasks()
    #expect(tasks.count == 200)
    let rounds = try site.rounds(200, 2) { client, thread, round in
      let (task, person) = (tasks[round], people[thread])
      let status = try client.send("POST", "/tasks/\(task)/claim", as: person).status
      guard status == 200 else { return status }
      // A submitted task is no lease any more, and the winner may win again.
      let answer = try client.send(
        "POST", "/tasks/\(task)/submit", as: person, json: #"{"label": "cat"}"#)
      return answer.status
    }
    for (round, statuses) in rounds.enumerated() {
      // 404: the other one has even submitted it.
      #expect([[200, 404], [200, 409]].contains(statuses.sorted()), "round \(round)")
    }
    let slots = try opened.slots()
    #expect(slots == [String](repeating: "resolved 1 0 of 1", count: 200))
    try expectSound()
  }

  @Test func ofTwoRequestsForTheLastSlotOneWins() throws {
    let opened = try opened()
    let people = try site.labelers(2)
    _ = try opened.submit(opened.claim(people[0]), as: people[0])
    let (request, database) = (opened.request, site.database)
    let rounds = try site.rounds(
      100, 2,
      prepare: { _, _ in
        try OpenedRequest.addPictures(1, to: request, Connection(database))
      },
      { client, thread, _ in
        let answer = try client.send("POST", "/tasks/next", as: people[thread])
        guard answer.status == 200 else { return answer.status }
        let task = try answer.json["id"].string
        return try client.send(
          "POST", "/tasks/\(task)/submit", as: people[thread], json: #"{"label": "cat"}"#
        ).status
      })
    for (round, statuses) in rounds.enumerated() {
      #expect(statuses.sorted() == [200, 204], "round \(round)")
    }
    #expect(try opened.slots() == [String](repeating: "resolved 1 0 of 1", count: 101))
    try expectSound()
  }

  @Test func twoDevicesOfAPersonGetOneLease() throws {
    let opened = try opened()
    let phone = try site.person(.labeler)
    let devices = [phone, try site.signIn(phone.username)]
    try opened.addPictures(49)
    let rounds = try site.rounds(
      50, 2,
      prepare: { client, round in
        guard round > 0 else { return }
        let task = try client.send("POST", "/tasks/next", as: phone).json["id"].string
        _ = try client.send(
          "POST", "/tasks/\(task)/submit", as: phone, json: #"{"label": "cat"}"#)
      },
      { client, thread, _ in
        try client.send("POST", "/tasks/next", as: devices[thread]).json["id"].string
      })
    for (round, tasks) in rounds.enumerated() {
      #expect(tasks[0] == tasks[1], "round \(round)")
    }
    #expect(Set(rounds.map { $0[0] }).count == 50)
    try expectSound()
  }

  @Test func nobodyGetsMoreLeasesThanAllowed() throws {
    let opened = try opened(#", "leases_per_person": 3"#)
    let person = try site.person(.labeler)
    try opened.addPictures(15)
    let tasks = try opened.tasks()
    let raced = try site.race(8) { client, thread in
      try (0..<2).map { number in
        try client.send("POST", "/tasks/\(tasks[thread * 2 + number])/claim", as: person).status
      }
    }
    #expect(raced.flatMap { $0 }.sorted() == [200, 200, 200] + [Int](repeating: 409, count: 13))
    #expect(try opened.slots().count { $0 == "open 0 1 of 1" } == 3)
    try expectSound()
  }

  @Test func anAnswerSentEightTimesCountsOnce() throws {
    let opened = try OpenedRequest(site, pictures: 1, settings: #"{"points_per_item": 5}"#)
    let person = try site.person(.labeler)
    let task = try opened.claim(person)
    let counted = try site.race(8) { client, _ in
      let answer = try client.send(
        "POST", "/tasks/\(task)/submit", as: person, json: #"{"label": "cat"}"#)
      return try answer.json["counted"].int
    }
    #expect(counted == [Int](repeating: 1, count: 8))
    #expect(try opened.slots() == ["open 1 0 of 3"])
    #expect(try opened.words("select points::text from points_entry") == ["5"])
    #expect(try opened.words("select provisional || ' ' || labeled from points_total") == ["5 1"])
    #expect(try opened.words("select labels::text from annotation") == ["{cat}"])
    try expectSound()
  }
}
