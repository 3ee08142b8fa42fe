import Assay
import HTTP
import Site
import Support
import Testing

@Suite("GET /requests/{request}/qc/results")
struct QualityResultsTests {
  @Test func everyPictureHasARow() throws {
    let inspected = try Inspected()
    #expect(try inspected.results().text == "[]")
    try inspected.uploadDistinct(2)
    #expect(try inspected.results().text == "[]")
    try inspected.run()
    let answer = try inspected.results()
    #expect(
      answer.keys
        == ["image_id", "duplicate_score", "ai_generated_score", "source_url", "flags"])
    for row in try answer.json.elements {
      #expect(try row["source_url"] == .null)
      #expect(try (0..<0.5).contains(row["duplicate_score"].double))
      #expect(try row["ai_generated_score"].double == 0.1)
      #expect(try row["flags"].strings == ["ai_unknown"])
    }
    let uploads = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/uploads", as: inspected.customer)
    #expect(
      try answer.json.elements.map { try $0["image_id"].string }
        == uploads.json.elements.map { try $0["image_id"].string })
    let paged = try inspected.site.send(
      "GET", "/requests/\(inspected.request)/qc/results?limit=1", as: inspected.customer)
    #expect(try paged.json.elements == Array(answer.json.elements.prefix(1)))
    #expect(paged.headers["Link"] != nil)
  }

  private static func load(_ inspected: Inspected) throws {
    try inspected.uploadDistinct(9)
    try inspected.upload([
      "small.png": Pictures.png(seed: 100), "large.png": Pictures.png(seed: 100, width: 150),
      "said.png": Pictures.png(seed: 200, text: "parameters\u{0}a cat, Steps: 20"),
      "photo.jpg": Pictures.jpeg,
    ])
  }

  @Test func workerAndInlineModeAgree() throws {
    let (queued, inline) = (try Inspected(.worker), try Inspected(.inline))
    try Self.load(queued)
    try Self.load(inline)
    try queued.run()
    let answer = try inline.start()
    #expect(answer.text == #"{"request_id":"\#(inline.request)","status":"started"}"#)
    #expect(try inline.progress()["state"] == .string("completed"))
    let (one, other) = (try queued.checked(), try inline.checked())
    #expect(one.count == 13)
    #expect(one == other)
  }

  @Test func aSecondRunGivesTheSameResults() throws {
    let inspected = try Inspected()
    try Self.load(inspected)
    try inspected.run()
    let first = try inspected.checked()
    try inspected.run()
    #expect(try inspected.checked() == first)
  }

  @Test func aDeclaredOriginIsBelieved() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "generated.png": Pictures.png(seed: 1, text: "parameters\u{0}a cat, Steps: 20"),
      "commented.png": Pictures.png(seed: 2, text: "Comment\u{0}my cat"),
    ])
    try inspected.run()
    let checked = try inspected.checked()
    let generated = try #require(checked["generated.png"])
    #expect(generated.generated >= 0.9)
    #expect(generated.flags == ["ai_metadata"])
    let commented = try #require(checked["commented.png"])
    #expect(commented.generated < 0.5)
    #expect(commented.flags == ["ai_unknown"])
  }

  @Test func picturesSentLaterWaitForTheNextRun() throws {
    let inspected = try Inspected()
    try inspected.upload(["a.png": Pictures.png(seed: 1)])
    #expect(try inspected.start().status == 200)
    try inspected.upload(["b.png": Pictures.png(seed: 2)])
    try inspected.site.work()
    #expect(try inspected.checked().keys.sorted() == ["a.png"])
    try inspected.run()
    #expect(try inspected.checked().keys.sorted() == ["a.png", "b.png"])
  }
}
