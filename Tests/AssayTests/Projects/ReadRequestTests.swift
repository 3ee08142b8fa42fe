import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET /requests, GET /requests/{request}")
struct ReadRequestTests {
  private let site: TestSite
  private let customer: Person
  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
  }

  @Test func requestsAreListedNewestFirst() throws {
    #expect(try site.send("GET", "/requests", as: customer).text == "[]")
    let other = try site.person(.customer)
    let first = try site.request(by: customer)
    let foreign = try site.request(by: other)
    let second = try site.request(by: customer)
    let answer = try site.send("GET", "/requests", as: customer)
    #expect(answer.status == 200)
    #expect(answer.keys == ["id", "title", "description", "status", "created_at"])
    #expect(try answer.json.elements.map { try $0["id"].string } == [second, first])
    #expect(try answer.json.elements.map { try $0["status"].string } == ["created", "created"])
    for role in [Role.admin, .universal] {
      let all = try site.send("GET", "/requests", as: site.person(role))
      #expect(try all.json.elements.map { try $0["id"].string } == [second, foreign, first])
    }
  }

  @Test func aRequestIsShown() throws {
    let request = try site.request(by: customer, classes: ["b", "a"])
    let answer = try site.send("GET", "/requests/\(request.uppercased())", as: customer)
    #expect(answer.status == 200)
    #expect(
      answer.keys
        == ["id", "title", "description", "classes", "status", "created_at", "progress"])
    let json = try answer.json
    #expect(try json["id"] == .string(request))
    #expect(try json["classes"].strings == ["b", "a"])
    #expect(try isTime(json["created_at"].string))
    #expect(
      try json["progress"]
        == .object([
          "images": .int(0), "checked": .int(0), "labeled": .int(0), "tasks": .int(0),
          "tasks_completed": .int(0),
        ]))
    #expect(try site.send("GET", "/requests/\(request)", as: site.person(.admin)).status == 200)
  }

  @Test func othersAreRefused() throws {
    let request = try site.request(by: customer)
    for role in [Role.labeler, .reviewer, .viewer] {
      let person = try site.person(role)
      try expectGuarded(site, "GET", "/requests", against: person)
      try expectGuarded(site, "GET", "/requests/\(request)", against: person)
    }
    try expectHidden(
      site, "GET", { "/requests/\($0)" }, foreign: request, as: site.person(.customer))
  }

  /// Row level security shows members the requests of all their organizations.
  @Test func aMemberOfTwoOrganizationsSeesThoseOfTheChosenOne() throws {
    let request = try site.request(by: customer)
    let member = try site.person(.customer, named: "bob")
    let own = try site.request(by: member)
    let home = try site.send("GET", "/api/auth/me", as: customer).json["organization_id"].string
    let added = try site.send(
      "POST", "/api/organizations/\(home)/members", as: customer,
      json: #"{"username": "bob", "role": "member"}"#)
    #expect(added.status == 201, "\(added.text)")
    func seen() throws -> [String] {
      try site.send("GET", "/requests", as: member).json.elements.map { try $0["id"].string }
    }
    #expect(try seen() == [own])
    #expect(try site.send("GET", "/requests/\(request)", as: member).status == 404)
    let chosen = try site.send(
      "PUT", "/api/auth/profile", as: member, json: #"{"organization_id": "\#(home)"}"#)
    #expect(chosen.status == 200, "\(chosen.text)")
    #expect(try seen() == [request])
    #expect(try site.send("GET", "/requests/\(own)", as: member).status == 404)
  }

  @Test func aLabelerSeesNoOtherRequests() throws {
    let work = try Commission(site, pictures: 1)
    #expect(try site.send("GET", "/requests/\(work.request)", as: work.labeler).status == 403)
  }
}
