import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Openings, uploads and answers at the same moment") struct OpenRaceTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func openingsOfOneRequestFollowEachOther() throws {
    let opened = try OpenedRequest(site, pictures: 5)
    let (request, customer) = (opened.request, opened.customer)
    for _ in 0..<5 {
      let statuses = try site.race(6) { client, thread in
        try client.send(
          "POST", "/requests/\(request)/open", as: customer,
          json: #"{"labels_per_item": \#(thread + 1), "points_per_item": \#(thread + 1)}"#
        ).status
      }
      #expect(statuses == [Int](repeating: 200, count: 6))
      let pool = try site.send("GET", "/requests/\(request)/pool", as: customer).json
      // The settings of one call, not a mixture.
      #expect(try pool["max_labels"] == pool["points_per_item"])
      #expect(
        try opened.slots()
          == [String](repeating: "open 0 0 of \(pool["max_labels"].int)", count: 5))
    }
    #expect(try site.deadlocks() == 0)
  }

  @Test func anUploadDuringTheOpeningJoinsThePool() throws {
    let customer = try site.person(.customer)
    for round in 0..<8 {
      let request = try site.request(by: customer, classes: ["cat"])
      _ = try site.upload(
        [(name: "a.png", bytes: Pictures.png(seed: UInt64(round * 2 + 1)))], to: request,
        by: customer)
      let late = Pictures.png(seed: UInt64(round * 2 + 2))
      let statuses = try site.race(2) { client, thread in
        thread == 0
          ? try client.send("POST", "/requests/\(request)/open", as: customer).status
          : try client.send(
            "POST", "/requests/\(request)/uploads", as: customer,
            form: Form([(name: "b.png", bytes: late)])
          ).status
      }
      #expect(statuses == [200, 200])
      try site.keepPools()
      let pool = try site.send("GET", "/requests/\(request)/pool", as: customer).json
      #expect(try pool["items"]["open"].int == 2)
    }
    #expect(try site.deadlocks() == 0)
  }

  @Test func anAppointedAndAnOpenTaskGiveOneAnswer() throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 3, "items_per_task": 1}"#)
    try opened.addPictures(19)
    let (labeler, admin) = (try site.person(.labeler), try site.person(.admin))
    let appointed = try site.send(
      "POST", "/admin/assign", as: admin,
      json: #"{"request_id": "\#(opened.request)", "labeler_username": "\#(labeler.username)"}"#
    ).json["task_id"].string
    let tasks = try opened.words(
      """
      select p.task_id::text from pool_item p where p.project_id = \(opened.request)::uuid
      order by p.item_id
      """)
    let images = try opened.words(
      """
      select p.item_id::text from pool_item p where p.project_id = \(opened.request)::uuid
      order by p.item_id
      """)
    let rounds = try site.rounds(tasks.count, 2) { client, thread, round in
      thread == 0
        ? try client.send(
          "POST", "/tasks/\(tasks[round])/submit", as: labeler, json: #"{"label": "cat"}"#
        ).status
        : try client.send(
          "POST", "/tasks/\(appointed)/labels", as: labeler,
          json: #"{"image_id": "\#(images[round])", "labels": ["dog"]}"#
        ).status
    }
    #expect(rounds.allSatisfy { $0.allSatisfy { [200, 409].contains($0) } }, "\(rounds)")
    #expect(
      try opened.words("select max(n)::text from (select count(*) n from claim group by item_id) c")
        == ["1"])
    #expect(try OpenedRequest.faults(site.owner()) == [])
    #expect(try site.deadlocks() == 0)
  }

  @Test func aThousandAnswersAreOneSubmission() throws {
    let opened = try OpenedRequest(
      site, pictures: 1,
      settings: #"{"labels_per_item": 1, "items_per_task": 1000, "leases_per_person": 2}"#)
    try opened.addPictures(1000)
    let labeler = try site.person(.labeler)
    let large = try opened.words(
      "select task_id::text from task where in_pool order by item_count desc limit 1")[at: 0]
    let task = try site.send("POST", "/tasks/\(large)/claim", as: labeler).json
    let answers = try task["images"].elements.map {
      #"{"image_id": "\#(try $0["image_id"].string)", "labels": ["cat"]}"#
    }
    #expect(answers.count == 1000)
    let receipt = try opened.submit(
      large, as: labeler, #"{"answers": [\#(answers.joined(separator: ","))]}"#)
    #expect(receipt.status == 200)
    #expect(try receipt.json["counted"].int == 1000)
    #expect(try opened.results("?state=resolved").count == 1000)
    try site.settlePoints()
    try site.expectSoundPools()
  }
}
