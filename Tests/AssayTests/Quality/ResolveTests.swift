import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite(
  """
  POST /requests/{request}/qc/clusters/resolve, POST /requests/{request}/qc/clusters/restore, \
  POST /requests/{request}/qc/clusters/{cluster}/resolve, \
  POST /requests/{request}/qc/clusters/{cluster}/restore
  """)
struct ResolveTests {
  private let inspected: Inspected
  private var site: TestSite { inspected.site }

  /// Uploads three sizes of one picture, and others; a larger one is better.
  init() throws {
    inspected = try Inspected(.inline)
    try inspected.upload([
      "a.png": Pictures.png(seed: 1), "b.png": Pictures.png(seed: 1, width: 120, height: 80),
      "c.png": Pictures.png(seed: 1, width: 150, height: 100), "x.png": Pictures.png(seed: 2),
      "y.png": Pictures.png(seed: 3),
    ])
    try inspected.run()
  }

  private func id(_ name: String) throws -> String { try #require(try inspected.ids()[name]) }

  private func change(_ path: String, _ json: String? = nil) throws -> JSON {
    let answer = try inspected.change(path, json)
    try #require(answer.status == 200, "\(answer.text)")
    return try answer.json
  }

  private func actions() throws -> [String] {
    try site.owner().all(
      "select action from audit_entry where action like 'duplicates.%' order by number"
    ) { row throws(PostgresError) in try row.next() }
  }

  @Test func theBestPictureIsKept() throws {
    let before = try inspected.checked()
    let cluster = try id("a.png")
    let resolved = try change("\(cluster)/resolve")
    #expect(try resolved["id"].string == cluster)
    #expect(try resolved["state"].string == "resolved")
    #expect(try Inspected.names(resolved) == ["c", "(b)", "(a)"])
    #expect(try inspected.clusters().json.elements == [resolved])
    // The remaining pictures are copies of nothing; removed ones name their originals.
    let after = try inspected.checked()
    #expect(after["c.png"] == Checked(duplicate: 0, generated: 0.1, flags: ["ai_unknown"]))
    #expect(after["a.png"]?.flags == ["near_duplicate", "ai_unknown"])
    // Another run gives the same results.
    try inspected.run()
    #expect(try inspected.checked() == after)

    #expect(try change("\(cluster)/resolve") == resolved)
    #expect(try actions() == ["duplicates.excluded"])

    let restored = try change("\(cluster)/restore")
    #expect(try restored["state"].string == "open")
    #expect(try Inspected.names(restored) == ["c", "b", "a"])
    #expect(try inspected.checked() == before)
    #expect(try change("\(cluster)/restore") == restored)
    #expect(try actions() == ["duplicates.excluded", "duplicates.restored"])
  }

  @Test func theNamedPictureIsKept() throws {
    let (cluster, named) = (try id("a.png"), try id("b.png"))
    let resolved = try change("\(cluster)/resolve", #"{"keep": "\#(named)"}"#)
    #expect(try Inspected.names(resolved) == ["(c)", "b", "(a)"])
    // Without a name the decision stays; another name decides again.
    #expect(try change("\(cluster)/resolve") == resolved)
    let again = try change("\(cluster)/resolve", #"{"keep": "\#(cluster)"}"#)
    #expect(try Inspected.names(again) == ["(c)", "(b)", "a"])
    #expect(try again["state"].string == "resolved")
  }

  @Test func onlyCopiesOfTheKeptPictureAreExcluded() throws {
    try inspected.liken("a.png", "x.png", score: 0.6)
    try inspected.liken("x.png", "y.png", score: 0.7)
    let resolved = try change("\(id("a.png"))/resolve")
    #expect(try resolved["state"].string == "resolved")
    // x is similar to a, which is removed, and not to c, which stays.
    #expect(try Inspected.names(resolved) == ["c", "(b)", "(a)", "x", "(y)"])
  }

  @Test func deletingTheKeptPictureRestoresItsCopies() throws {
    try inspected.liken("a.png", "x.png", score: 0.6)
    let cluster = try id("a.png")
    #expect(try Inspected.names(try change("\(cluster)/resolve")) == ["c", "(b)", "(a)", "x"])
    func delete(_ name: String) throws {
      let answer = try site.send("DELETE", "/api/files/\(id(name))", as: inspected.customer)
      try #require(answer.status == 200, "\(answer.text)")
    }
    // b was a copy of c only; a is a copy of x, which still exists.
    try delete("c.png")
    let rest = try #require(try inspected.clusters().json.elements.first)
    #expect(try Inspected.names(rest) == ["b", "(a)", "x"])
    #expect(try inspected.checked()["b.png"]?.duplicate == 0)
    let settled = try inspected.checked()
    try inspected.run()
    #expect(try inspected.checked() == settled)
    try delete("x.png")
    try delete("b.png")
    #expect(try inspected.clusters().json.elements.isEmpty)
    #expect(try inspected.checked()["a.png"]?.duplicate == 0)
  }

  @Test func anotherCopyReopensTheCluster() throws {
    let (cluster, named) = (try id("a.png"), try id("b.png"))
    _ = try change("\(cluster)/resolve", #"{"keep": "\#(named)"}"#)
    try inspected.upload(["d.png": Pictures.png(seed: 1, width: 108, height: 72)])
    try inspected.run()
    let opened = try #require(try inspected.clusters().json.elements.first)
    #expect(try opened["state"].string == "open")
    #expect(try Inspected.names(opened) == ["(c)", "b", "d", "(a)"])
    let tally = try change("resolve")
    #expect(try tally["excluded"].int == 1 && tally["restored"].int == 0)
    let closed = try #require(try inspected.clusters().json.elements.first)
    #expect(try Inspected.names(closed) == ["(c)", "b", "(d)", "(a)"])
  }

  @Test func allClustersAreResolvedAboveAScore() throws {
    try inspected.liken("x.png", "y.png", score: 0.6)
    let many = try change("resolve", #"{"min_score": 0.7}"#)
    #expect(try many["clusters"].int == 1 && many["excluded"].int == 2)
    #expect(
      try inspected.change("resolve").keys == ["request_id", "clusters", "excluded", "restored"])
    let clusters = try inspected.clusters().json.elements
    #expect(try clusters.map(Inspected.names) == [["x", "(y)"], ["c", "(b)", "(a)"]])
    let none = try change("resolve")
    #expect(try none["clusters"].int == 0 && none["excluded"].int == 0)
    let back = try change("restore")
    #expect(try back["clusters"].int == 2 && back["restored"].int == 3)
    #expect(try change("restore")["restored"].int == 0)
    #expect(
      try inspected.clusters().json.elements.map { try $0["state"].string } == ["open", "open"])
  }

  @Test func aScoreOfExactlyTheLeastIsExcluded() throws {
    try inspected.liken("x.png", "y.png", score: 0.7)
    let above = try change("resolve", #"{"min_score": 0.7001}"#)
    #expect(try above["clusters"].int == 1 && above["excluded"].int == 2)
    let equal = try change("resolve", #"{"min_score": 0.7}"#)
    #expect(try equal["clusters"].int == 1 && equal["excluded"].int == 1)
  }

  /// A score of exactly .5 makes a copy, when it is excluded and when it comes back.
  @Test func aCopyOfExactlyHalfComesBackWithItsLastOriginal() throws {
    try inspected.upload(["z.png": Pictures.png(seed: 4)])
    try inspected.run()
    try inspected.liken("x.png", "y.png", score: 0.9)
    try inspected.liken("y.png", "z.png", score: 0.5)
    let cluster = try id("x.png")
    #expect(try Inspected.names(change("\(cluster)/resolve")) == ["x", "(y)", "z"])
    func delete(_ name: String) throws {
      let answer = try site.send("DELETE", "/api/files/\(id(name))", as: inspected.customer)
      try #require(answer.status == 200, "\(answer.text)")
    }
    func states() throws -> [String] {
      try site.owner().all(
        "select state::text from item where filename in ('y.png', 'z.png') order by filename"
      ) { row throws(PostgresError) in try row.next() }
    }
    try delete("x.png")
    #expect(try states() == ["excluded", "ready"])
    try delete("z.png")
    #expect(try states() == ["ready", "excluded"])
  }

  @Test func laterTasksOmitExcludedPicturesAndLabelsStay() throws {
    let (admin, labeler, later) = (
      try site.person(.admin), try site.person(.labeler), try site.person(.labeler)
    )
    let task = try site.assign(inspected.request, to: labeler, by: admin)
    let small = try id("a.png")
    func save(_ label: String) throws -> Int {
      try site.send(
        "POST", "/tasks/\(task)/labels", as: labeler,
        json: #"{"image_id": "\#(small)", "labels": ["\#(label)"]}"#
      ).status
    }
    #expect(try save("cat") == 200)
    _ = try change("resolve")
    // A labeler who has the task may still answer.
    #expect(try save("dog") == 200)
    let labels = try site.send(
      "GET", "/requests/\(inspected.request)/labels", as: inspected.customer)
    #expect(try labels.json.elements.map { try $0["labels"].strings } == [["dog"]])
    let other = try site.assign(inspected.request, to: later, by: admin)
    let images = try site.send("GET", "/tasks/\(other)", as: later).json["images"].elements
    #expect(
      try Set(images.map { try $0["image_id"].string }) == [id("c.png"), id("x.png"), id("y.png")])
  }

  @Test func restoredPicturesHaveTheirFormerStatus() throws {
    let small = try id("a.png")
    try site.owner().run("update item set state = 'resolved' where item_id = \(small)::uuid")
    _ = try change("resolve")
    _ = try change("restore")
    let states = try site.owner().all("select state::text from item order by filename") {
      row throws(PostgresError) in try row.next(String.self)
    }
    #expect(states == ["resolved", "ready", "ready", "ready", "ready"])
  }

  /// When the kept picture is deleted, the pictures that were removed for it come back.
  @Test func aPictureWithoutCopiesIsRestored() throws {
    let cluster = try id("x.png")
    try inspected.liken("x.png", "y.png", score: 0.6)
    _ = try change("\(cluster)/resolve")
    let gone = try site.send("DELETE", "/api/files/\(cluster)", as: inspected.customer)
    try #require(gone.status == 200)
    #expect(try inspected.clusters().json.elements.map(Inspected.names) == [["c", "b", "a"]])
    #expect(try inspected.checked()["y.png"]?.duplicate == 0)
  }

  @Test func invalidInputIsRefused() throws {
    let path = "/requests/\(inspected.request)/qc/clusters"
    let cluster = try id("a.png")
    for (place, json, field) in [
      ("\(cluster)/resolve", #"{"keep": 5}"#, "keep"),
      ("\(cluster)/resolve", #"{"keep": "x"}"#, "keep"),
      ("\(cluster)/resolve", #"{"keep": "\#(try id("x.png"))"}"#, "keep"),
      ("\(cluster)/resolve", #"{"keep": "\#(unknownID)"}"#, "keep"),
      ("resolve", #"{"min_score": 1.5}"#, "min_score"),
      ("resolve", #"{"min_score": "high"}"#, "min_score"),
    ] {
      try BadBody(json, field).check(inspected.change(place, json))
    }
    for json in BadBody.malformed where !json.isEmpty {
      #expect(try inspected.change("\(cluster)/resolve", json).status == 400, "\(json)")
      #expect(try inspected.change("resolve", json).status == 400, "\(json)")
    }
    // An id of a picture that is not the first of its cluster, and one without copies.
    for id in [try id("b.png"), try id("x.png"), unknownID] {
      #expect(try site.send("POST", "\(path)/\(id)/resolve", as: inspected.customer).status == 404)
    }
    #expect(try actions() == [])
    #expect(try inspected.change("resolve", #"{"min_score": 1}"#).status == 200)
  }

  @Test func onlyOneConcurrentDecisionRemains() throws {
    let (customer, cluster) = (inspected.customer, try id("a.png"))
    let path = "/requests/\(inspected.request)/qc/clusters/\(cluster)/resolve"
    let names = [try id("a.png"), try id("b.png"), try id("c.png")]
    let answers = try site.race(6) { client, index in
      try client.send("POST", path, as: customer, json: #"{"keep": "\#(names[index % 3])"}"#).status
    }
    #expect(answers == [Int](repeating: 200, count: 6))
    let left = try #require(try inspected.clusters().json.elements.first)
    #expect(try Inspected.names(left).count { !$0.hasPrefix("(") } == 1)
    #expect(try left["state"].string == "resolved")
  }
}
