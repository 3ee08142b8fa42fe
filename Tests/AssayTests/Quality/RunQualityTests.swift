import Assay
import HTTP
import Postgres
import Queue
import Site
import Support
import Testing
import Web

@Suite("POST /requests/{request}/qc/run, GET /requests/{request}/qc")
struct RunQualityTests {
  @Test func aRunGoesThroughTheQueue() throws {
    let inspected = try Inspected()
    #expect(try inspected.progress()["state"] == .null)
    try inspected.uploadDistinct(3)
    let answer = try inspected.start()
    #expect(answer.status == 200)
    #expect(answer.text == #"{"request_id":"\#(inspected.request)","status":"started"}"#)
    try expect(inspected, "queued", done: 0, total: 3)
    #expect(try inspected.results().text == "[]")
    try inspected.site.work()
    try expect(inspected, "completed", done: 3, total: 3)
    #expect(try inspected.results().json.elements.count == 3)
    #expect(try isTime(inspected.progress()["finished_at"].string))
  }

  private func expect(
    _ inspected: Inspected, _ state: String, done: Int, total: Int,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let answer = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/qc", as: inspected.customer)
    #expect(
      answer.keys
        == [
          "request_id", "state", "done", "total", "failed", "started_at", "finished_at", "rate",
          "seconds_left",
        ],
      sourceLocation: location)
    let json = try answer.json
    #expect(try json["state"] == .string(state), sourceLocation: location)
    #expect(try json["done"].int == done, sourceLocation: location)
    #expect(try json["total"].int == total, sourceLocation: location)
    #expect(try json["failed"].int == 0, sourceLocation: location)
    #expect(try isTime(json["started_at"].string), sourceLocation: location)
    #expect(try (json["finished_at"] == .null) == (done < total), sourceLocation: location)
    #expect(
      try done < total || (json["rate"].double > 0 && json["seconds_left"].int == 0),
      sourceLocation: location)
  }

  @Test func resultsAreStoredPerChunk() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(18)
    #expect(try inspected.start().status == 200)
    let worker = Worker(inspected.site.site)
    var counts: [[Int]] = []
    try worker.runAll {
      let progress = try inspected.progress()
      counts.append([
        try progress["done"].int, try inspected.results().json.elements.count,
      ])
    }
    #expect(counts == [[8, 8], [16, 16], [18, 18]])
  }

  @Test func aSecondRunIsRefused() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(9)
    #expect(try inspected.start().status == 200)
    let refused = try inspected.start()
    #expect(refused.status == 409)
    #expect(try refused.detail == "Quality control is already running.")
    #expect(try Worker(inspected.site.site).runNext())
    #expect(try inspected.start().status == 409)
    try inspected.site.work()
    #expect(try inspected.start().status == 200)
  }

  @Test func onlyOneConcurrentRunStarts() throws {
    let inspected = try Inspected()
    try inspected.uploadDistinct(1)
    let (path, customer) = ("/requests/\(inspected.request)/qc/run", inspected.customer)
    let statuses = try inspected.site.race(8) { client, _ in
      try client.send("POST", path, as: customer).status
    }
    #expect(statuses.sorted() == [200] + [Int](repeating: 409, count: 7))
  }

  @Test func aRunWithoutPicturesIsCompletedAtOnce() throws {
    for quality in [QualityMode.worker, .inline] {
      let inspected = try Inspected(quality)
      #expect(try inspected.start().status == 200)
      #expect(try inspected.progress()["state"] == .string("completed"))
      #expect(try inspected.progress()["total"].int == 0)
      #expect(try inspected.results().text == "[]")
      #expect(try inspected.start().status == 200)
    }
  }

  @Test func anAdminCanRunAndSeeIt() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(1)
    let admin = try inspected.site.person(.admin)
    let path = "/requests/\(inspected.request)/qc"
    #expect(try inspected.site.send("POST", path + "/run", as: admin).status == 200)
    #expect(try inspected.site.send("GET", path, as: admin).json["done"].int == 1)
    #expect(try inspected.site.send("GET", path + "/results", as: admin).json.elements.count == 1)
  }

  @Test func othersAreRefused() throws {
    let inspected = try Inspected()
    let (site, request) = (inspected.site, inspected.request)
    let (labeler, other) = (try site.person(.labeler), try site.person(.customer))
    for (method, path) in [("POST", "qc/run"), ("GET", "qc"), ("GET", "qc/results")] {
      try expectGuarded(site, method, "/requests/\(request)/\(path)", against: labeler)
      try expectHidden(
        site, method, { "/requests/\($0)/\(path)" }, foreign: request, as: other)
    }
    #expect(try inspected.progress()["state"] == .null)
  }
}
