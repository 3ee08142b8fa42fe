import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("GET /requests/{request}/qc/results/{image}")
struct EvidenceTests {
  private func evidence(_ inspected: Inspected, _ name: String) throws -> Answer {
    let id = try #require(try inspected.ids()[name])
    return try inspected.site.send(
      "GET", "/requests/\(inspected.request)/qc/results/\(id)", as: inspected.customer)
  }

  @Test func theEvidenceNamesTheOriginalAndTheScores() throws {
    let inspected = try Inspected(.inline)
    try inspected.upload([
      "small.png": Pictures.png(seed: 1), "other.png": Pictures.png(seed: 2),
      "said.png": Pictures.png(
        seed: 1, width: 150, height: 100, text: "parameters\u{0}a cat, Steps: 20"),
    ])
    #expect(try evidence(inspected, "small.png").status == 404)
    try inspected.run()
    let answer = try evidence(inspected, "said.png")
    #expect(
      answer.keys == [
        "image_id", "duplicate_score", "ai_generated_score", "source_url", "flags", "checked_at",
        "duplicates", "evidence",
      ])
    let json = try answer.json
    let row = try #require(
      try inspected.results().json.elements.first { try $0["image_id"] == json["image_id"] })
    for key in try row.keys { #expect(try json[key] == row[key], "\(key)") }
    #expect(try isTime(json["checked_at"].string))
    #expect(try json["evidence"]["ai_generated"]["reason"].string.contains("parameters: a cat"))
    let copies = try json["duplicates"].elements
    try #require(copies.count == 1)
    #expect(
      try copies[0].keys == [
        "image_id", "score", "distance", "correlation", "detail", "residual", "orientation",
        "part", "other_part", "request_id", "filename", "preview_url", "excluded",
      ])
    #expect(try copies[0]["filename"].string == "small.png")
    #expect(try copies[0]["request_id"].string == inspected.request)
    #expect(try abs(copies[0]["score"].double - row["duplicate_score"].double) < 1e-4)
    #expect(try copies[0]["preview_url"].string.contains("sig="))
    #expect(try evidence(inspected, "other.png").json["duplicates"].elements.isEmpty)
  }

  @Test func bothSidesOfAPairAgree() throws {
    let inspected = try Inspected(.inline)
    try inspected.uploadDistinct(2)
    try inspected.run()
    try inspected.liken("0.png", "1.png", score: 0.7, orientation: 6)
    let turns = try ["0.png", "1.png"].map { name in
      let copies = try evidence(inspected, name).json["duplicates"].elements
      return try #require(copies.first)["orientation"].int
    }
    #expect(turns.sorted() == [6, 8])
  }

  @Test func copiesInOtherRequestsAreNamed() throws {
    let first = try Inspected(.inline)
    try first.upload(["a.png": Pictures.png(seed: 1)])
    try first.run()
    let second = try Inspected(first.site, by: first.customer)
    try second.upload(["b.png": Pictures.png(seed: 1)])
    try second.run()
    let copies = try evidence(first, "a.png").json["duplicates"].elements
    #expect(try copies.map { try $0["request_id"].string } == [second.request])
    #expect(try copies[0]["score"].double == 1 && copies[0]["distance"].int == 0)
    // Pictures of another organization are never in it.
    let third = try Inspected(first.site, by: first.site.person(.customer))
    try third.upload(["c.png": Pictures.png(seed: 1)])
    try third.run()
    #expect(try evidence(third, "c.png").json["duplicates"].elements.isEmpty)
    #expect(try evidence(first, "a.png").json["duplicates"].elements.count == 1)
  }
}
