import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("POST, GET /api/v1/api-keys, DELETE /api/v1/api-keys/{key}")
struct APIKeyTests {
  private let site: TestSite
  private let ada: Person
  init() throws {
    site = try TestSite()
    ada = try site.person(.customer, named: "ada")
  }

  private func make(_ json: String, as person: Person? = nil) throws -> Answer {
    try site.send("POST", "/api/v1/api-keys", as: person ?? ada, json: json)
  }

  private func key(_ scopes: [String], as person: Person? = nil) throws -> Person {
    let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
    let answer = try make(#"{"name": "robot", "scopes": [\#(list)]}"#, as: person)
    #expect(answer.status == 201)
    return Person(username: "robot", token: try answer.json["key"].string)
  }

  @Test func aKeyIsShownOnceAndWorksUntilRevoked() throws {
    let made = try make(#"{"name": "robot"}"#)
    #expect(made.keys == ["id", "name", "scopes", "created_at", "key"])
    let robot = Person(username: "robot", token: try made.json["key"].string)
    #expect(robot.token.hasPrefix("assay_"))
    #expect(try !site.request(by: robot).isEmpty)
    #expect(try site.send("GET", "/requests", as: robot).json.elements.count == 1)
    let list = try site.send("GET", "/api/v1/api-keys", as: ada)
    #expect(!list.text.contains(robot.token))
    let row = try list.json["items"][0]
    #expect(try row["scopes"].strings == ["read", "write"])
    #expect(try row["last_used_at"] != .null)
    let path = "/api/v1/api-keys/\(try made.json["id"].string)"
    #expect(try site.send("DELETE", path, as: ada).status == 200)
    #expect(try site.send("GET", "/requests", as: robot).status == 401)
    #expect(try site.send("DELETE", path, as: ada).status == 404)
    let stored = try site.owner().one("select count(*) from api_key where secret_hash is not null")
    { row throws(PostgresError) in try row.next(Int.self) }
    #expect(stored == 1)
  }

  @Test func aKeyIsLimitedToItsScopes() throws {
    let (reader, writer) = (try key(["read"]), try key(["write"]))
    #expect(try site.send("GET", "/requests", as: reader).status == 200)
    let refused = try site.send("POST", "/requests", as: reader, json: "{}")
    #expect(refused.status == 403)
    #expect(try refused.detail == "The API key lacks the scope write.")
    #expect(try site.send("GET", "/requests", as: writer).status == 403)
    #expect(try site.send("POST", "/requests", as: writer, json: "{}").status == 400)
    #expect(try make(#"{"name": "x", "scopes": ["admin"]}"#).status == 403)
    let admin = try site.person(.admin)
    #expect(try site.send("GET", "/admin/users", as: key(["read"], as: admin)).status == 403)
    let runner = try key(["read", "admin"], as: admin)
    #expect(try site.send("GET", "/admin/users", as: runner).status == 200)
    // Without that scope, objects of others are hidden as from everybody else.
    let (request, looker) = (try site.request(by: ada), try key(["read"], as: admin))
    for path in ["/requests/\(request)", "/requests/\(request)/uploads"] {
      #expect(try site.send("GET", path, as: runner).status == 200)
      #expect(try site.send("GET", path, as: looker).status == 404)
    }
    #expect(try site.send("GET", "/requests", as: looker).json.elements.isEmpty)
    #expect(try site.send("GET", "/api/organizations", as: looker).json["total"].int == 0)
  }

  @Test func aKeyCannotGrantOrRevokeAccess() throws {
    let robot = try key(["read", "write"])
    for (method, path) in [
      ("POST", "/api/v1/api-keys"), ("GET", "/api/v1/api-keys"), ("PUT", "/api/auth/password"),
      ("PUT", "/api/auth/profile"), ("POST", "/auth/logout"),
      ("DELETE", "/api/v1/users/\(unknownID)"),
    ] {
      let answer = try site.send(method, path, as: robot, json: "{}")
      #expect(answer.status == 403, "\(method) \(path)")
      #expect(try answer.detail == "API keys cannot do this: sign in with a password.")
    }
    #expect(try site.send("GET", "/api/auth/me", as: robot).status == 200)
  }

  @Test func aKeyEndsWithItsOwnerOrAtItsExpiry() throws {
    let robot = try key(["read"])
    #expect(try site.send("GET", "/requests", as: robot).status == 200)
    try Directory.change("ada", to: .labeler, site.owner())
    #expect(try site.send("GET", "/requests", as: robot).status == 403)
    #expect(try site.send("GET", "/tasks", as: robot).status == 200)
    try Directory.deactivate("ada", site.owner())
    #expect(try site.send("GET", "/tasks", as: robot).status == 401)
    try Directory.activate("ada", site.owner())
    #expect(try site.send("GET", "/tasks", as: robot).status == 401)
    let second = try key(["read"], as: site.signIn("ada"))
    #expect(try site.send("GET", "/tasks", as: second).status == 200)
    try site.owner().run("update api_key set expires_at = now()")
    #expect(try site.send("GET", "/tasks", as: second).status == 401)
  }

  @Test func keysOfOthersAreHidden() throws {
    let made = try make(#"{"name": "robot"}"#).json["id"].string
    let eve = try site.person(.customer)
    try expectHidden(site, "DELETE", { "/api/v1/api-keys/\($0)" }, foreign: made, as: eve)
    #expect(try site.send("GET", "/api/v1/api-keys", as: eve).json["total"].int == 0)
    for token in ["assay_", "assay_" + String(repeating: "A", count: 43), "assay_x"] {
      let nobody = Person(username: "", token: token)
      #expect(try site.send("GET", "/requests", as: nobody).status == 401)
    }
  }

  @Test func invalidInputIsRefused() throws {
    for json in [
      "{}", #"{"name": ""}"#, #"{"name": "x", "scopes": []}"#, #"{"name": "x", "scopes": ["all"]}"#,
      #"{"name": "x", "expires_in_days": 0}"#, #"{"name": "x\ty"}"#,
    ] { #expect(try make(json).status == 422, "\(json)") }
  }
}
