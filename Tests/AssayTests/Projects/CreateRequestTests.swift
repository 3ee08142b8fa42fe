import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST /requests")
struct CreateRequestTests {
  private let site: TestSite
  private let customer: Person
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
  }

  private func create(_ json: String) throws -> Answer {
    try site.send("POST", "/requests", as: customer, json: json)
  }

  @Test func aRequestIsCreated() throws {
    let answer = try create(
      #"{"title": " Tiere 🐈 ", "description": "", "classes": ["Katze", "dog", "a\"b"], "x": 1}"#)
    #expect(answer.status == 201)
    #expect(answer.keys == ["id", "title", "description", "classes", "status", "created_at"])
    let json = try answer.json
    #expect(try json["title"] == .string("Tiere 🐈"))
    #expect(try json["description"] == .string(""))
    #expect(try json["classes"].strings == ["Katze", "dog", "a\"b"])
    #expect(try json["status"] == .string("created"))
    #expect(try isTime(json["created_at"].string))
    let shown = try site.send("GET", "/requests/\(json["id"].string)", as: customer)
    #expect(try shown.json["classes"].strings == ["Katze", "dog", "a\"b"])
    #expect(try shown.json["created_at"] == json["created_at"])
  }

  @Test func theDescriptionIsOptional() throws {
    for body in [
      #"{"title": "t", "classes": ["a"]}"#,
      #"{"title": "t", "classes": ["a"], "description": null}"#,
    ] {
      let answer = try create(body)
      #expect(answer.status == 201)
      #expect(try answer.json["description"] == .string(""))
    }
  }

  @Test func otherRolesAreRefused() throws {
    try expectGuarded(site, "POST", "/requests", against: site.person(.labeler))
    try expectGuarded(site, "POST", "/requests", against: site.person(.admin))
  }

  @Test func aRequestBelongsToTheCreatorsOrganization() throws {
    let other = try site.person(.customer)
    let request = try site.request(by: customer)
    #expect(try site.send("GET", "/requests/\(request)", as: other).status == 404)
    #expect(try site.send("GET", "/requests/\(request)", as: customer).status == 200)
  }

  @Test func invalidInputIsRefused() throws {
    let long = String(repeating: "x", count: 201)
    let huge = String(repeating: "x", count: 10_001)
    let many = (0...1000).map { "\"\($0)\"" }.joined(separator: ",")
    let bodies = [
      BadBody(#"{"classes": ["a"]}"#, "title"),
      BadBody(#"{"title": "  ", "classes": ["a"]}"#, "title"),
      BadBody(#"{"title": "\#(long)", "classes": ["a"]}"#, "title"),
      BadBody(#"{"title": 1, "classes": ["a"]}"#, "title"),
      BadBody(#"{"title": "t", "description": 1, "classes": ["a"]}"#, "description"),
      BadBody(#"{"title": "t", "description": "\#(huge)", "classes": ["a"]}"#, "description"),
      BadBody(#"{"title": "t"}"#, "classes"),
      BadBody(#"{"title": "t", "classes": null}"#, "classes"),
      BadBody(#"{"title": "t", "classes": "a"}"#, "classes"),
      BadBody(#"{"title": "t", "classes": []}"#, "classes"),
      BadBody(#"{"title": "t", "classes": [1]}"#, "classes"),
      BadBody(#"{"title": "t", "classes": ["a", ""]}"#, "classes"),
      BadBody(#"{"title": "t", "classes": ["a", " a "]}"#, "classes"),
      BadBody(#"{"title": "t", "classes": [\#(many)]}"#, "classes"),
    ]
    for body in bodies { try body.check(create(body.json)) }
    try expectJSON(site, "/requests", as: customer)
    #expect(try site.send("GET", "/requests", as: customer).text == "[]")
  }
}
