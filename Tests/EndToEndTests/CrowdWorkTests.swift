import HTTP
import Support
import Testing

extension EndToEnd {
  /// A request that is open to the crowd, through nginx and with the real worker.
  @Suite struct CrowdWorkTests {
    private let instance: Instance
    private let job: Job
    init() throws {
      instance = try Instance.running()
      job = try Job(instance)
    }

    /// Opens the request, runs a body, and closes it, so that other tests see no open tasks.
    private func opened(_ settings: String, _ body: () throws -> Void) throws {
      let answer = try instance.send(
        "POST", "/requests/\(job.request)/open", as: .customer, json: settings)
      try #require(answer.status == 200, "\(answer.text)")
      defer {
        _ = try? instance.send("POST", "/requests/\(job.request)/close", as: .customer)
      }
      try body()
    }

    private func next(_ role: Account) throws -> WebAnswer {
      try instance.send(
        "POST", "/tasks/next", as: role, json: #"{"request_id": "\#(job.request)"}"#)
    }

    private func items() throws -> JSON {
      try instance.send("GET", "/requests/\(job.request)/pool", as: .customer).json["items"]
    }

    @Test func threePeopleDecideAndAreRanked() throws {
      try job.uploadPictures(2)
      try opened(#"{"labels_per_item": 3, "points_per_item": 4}"#) {
        try threeAnswersDecide()
        try pointsAreSettled()
      }
    }

    private func threeAnswersDecide() throws {
      let people: [(Account, String)] = [
        (.labeler, "cat"), (.reviewer, "cat"), (.admin, "dog"),
      ]
      for (role, label) in people {
        let task = try next(role)
        try #require(task.status == 200, "\(task.text)")
        let images = try task.json["images"].elements
        #expect(images.count == 2)
        for image in images {
          let link = try instance.send("GET", image["url"].string)
          #expect(link.status == 200)
        }
        let answers = try images.map {
          #"{"image_id": "\#(try $0["image_id"].string)", "labels": ["\#(label)"], "seconds": 1.5}"#
        }
        let path = "/tasks/\(try task.json["id"].string)/submit"
        let body = #"{"answers": [\#(answers.joined(separator: ","))]}"#
        let submitted = try instance.send("POST", path, as: role, json: body)
        #expect(try submitted.json["counted"].int == 2, "\(submitted.text)")
        #expect(try next(role).status == 204)
      }
      #expect(try items()["resolved"].int == 2)
      let request = try instance.send("GET", "/requests/\(job.request)", as: .customer)
      #expect(try request.json["status"].string == "completed")
    }

    /// The worker settles the points once a minute.
    private func pointsAreSettled() throws {
      let board = "/leaderboard?request_id=\(job.request)"
      var rows: [JSON] = []
      try instance.wait(seconds: 100, for: "the settled points") {
        rows = try instance.send("GET", board, as: .labeler).json.elements
        return try rows.first?["points"].int == 8
      }
      #expect(try rows.map { try $0["points"].int } == [8, 8, 0])
      #expect(try rows.map { try $0["rank"].int } == [1, 1, 3])
      #expect(try rows.map { try $0["labeled"].int } == [2, 2, 2])
      for path in ["/leaderboard/me", "/me/stats", "/auth/me"] {
        #expect(try instance.send("GET", path, as: .labeler).status == 200)
      }
    }

    @Test func aContestedPictureIsDecidedAndReadBack() throws {
      try job.uploadPictures(2)
      try opened(#"{"labels_per_item": 2, "items_per_task": 2}"#) { try contestedIsDecided() }
    }

    private func contestedIsDecided() throws {
      let path = "/requests/\(job.request)"
      for (role, label) in [(Account.labeler, "cat"), (.reviewer, "dog")] {
        let task = try next(role)
        try #require(task.status == 200, "\(task.text)")
        let answers = try task.json["images"].elements.map {
          #"{"image_id": "\#(try $0["image_id"].string)", "labels": ["\#(label)"]}"#
        }
        let submitted = try instance.send(
          "POST", "/tasks/\(task.json["id"].string)/submit", as: role,
          json: #"{"answers": [\#(answers.joined(separator: ","))]}"#)
        #expect(submitted.status == 200)
      }
      let contested = try instance.send("GET", "\(path)/consensus?state=contested", as: .customer)
      let image = try contested.json[0]["image_id"].string
      #expect(try contested.json.elements.count == 2)
      let decided = try instance.send(
        "POST", "\(path)/consensus/\(image)", as: .customer,
        json: #"{"label": "dog", "reason": "It barks."}"#)
      #expect(decided.status == 200, "\(decided.text)")
      let gold = try instance.send(
        "POST", "\(path)/gold", as: .customer,
        json: #"{"image_id": "\#(contested.json[1]["image_id"].string)", "label": "cat"}"#)
      #expect(gold.status == 200, "\(gold.text)")
      let results = try instance.send("GET", "\(path)/consensus", as: .customer).json.elements
      #expect(try Set(results.map { try $0["method"].string }) == ["gold", "review"])
      let agreement = try instance.send("GET", "\(path)/agreement", as: .customer).json
      #expect(try agreement["percent"]["value"].double == 0)
      let labelers = try instance.send("GET", "\(path)/labelers", as: .customer).json.elements
      #expect(labelers.count == 2)
      for place in ["consensus", "gold", "agreement", "labelers"] {
        #expect(try instance.send("GET", "\(path)/\(place)", as: .labeler).status == 403)
      }
    }

    @Test func anExpiredLeaseReturnsByItself() throws {
      try job.uploadPictures(1)
      try opened(#"{"labels_per_item": 1, "lease_seconds": 10}"#) { try leaseReturns() }
    }

    private func leaseReturns() throws {
      let task = try next(.labeler)
      try #require(task.status == 200, "\(task.text)")
      #expect(try items()["leases"].int == 1)
      #expect(try next(.reviewer).status == 204)
      try instance.wait(seconds: 60, for: "the end of the lease") {
        try items()["leases"].int == 0
      }
      let again = try next(.reviewer)
      #expect(try again.json["id"] == task.json["id"])
    }

    @Test func aReportedPictureIsHeldAndExcluded() throws {
      try job.uploadPictures(2)
      try opened(#"{"items_per_task": 1}"#) { try reportIsDecided() }
    }

    private func reportIsDecided() throws {
      let task = try next(.labeler)
      let id = try task.json["id"].string
      let reported = try instance.send(
        "POST", "/tasks/report?task_id=\(id)&reason=broken", as: .labeler)
      try #require(reported.status == 200, "\(reported.text)")
      #expect(try items()["held"].int == 1)
      let reports = try instance.send(
        "GET", "/requests/\(job.request)/reports", as: .customer
      ).json.elements
      let report = try #require(try reports.first?["id"].string)
      let upheld = try instance.send(
        "POST", "/requests/\(job.request)/reports/\(report)/uphold", as: .customer)
      #expect(upheld.status == 200, "\(upheld.text)")
      #expect(try items()["excluded"].int == 1)
      #expect(try items()["open"].int == 1)
    }
  }
}
