import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite(
  """
  GET, DELETE /auth/sessions, DELETE /auth/sessions/{session}, \
  GET, DELETE /api/auth/sessions, DELETE /api/auth/sessions/{session}, \
  GET, DELETE /api/v1/auth/sessions, DELETE /api/v1/auth/sessions/{session}
  """)
struct OwnSessionTests {
  private let site: TestSite
  private let desk: Person
  private let phone: Person
  private let eve: Person
  init() throws {
    site = try TestSite()
    desk = try site.person(.customer, named: "ada")
    phone = try site.signIn("ada")
    eve = try site.person(.customer, named: "eve")
  }

  /// The paths on all faces.
  private static let paths = ["/auth/sessions", "/api/auth/sessions", "/api/v1/auth/sessions"]

  /// The rows of a list, newest first, in the form of its face.
  private func sessions(_ person: Person, _ path: String = "/auth/sessions") throws -> [JSON] {
    let json = try site.send("GET", path, as: person).json
    if case .array(let rows) = json { return rows }
    return try (json.keys.contains("items") ? json["items"] : json["sessions"]).elements
  }

  private func status(_ person: Person) throws -> Int {
    try site.send("GET", "/auth/me", as: person).status
  }

  private func current(_ person: Person) throws -> String {
    let own = try sessions(person).filter { try $0["is_current"].bool }
    #expect(own.count == 1)
    return try #require(own.first)["id"].string
  }

  private func entries(_ action: String) throws -> [JSON] {
    try site.send("GET", "/admin/audit", as: site.person(.admin)).json.elements
      .filter { try $0["action"].string == action }
  }

  @Test(arguments: paths) func sessionsAreListed(path: String) throws {
    let rows = try sessions(desk, path)
    #expect(rows.count == 2)
    #expect(try rows.map { try $0["is_current"].bool } == [false, true])
    for row in rows {
      #expect(
        try row.keys == [
          "id", "device_name", "address", "created_at", "last_used_at", "expires_at", "is_current",
        ])
      for time in ["created_at", "last_used_at", "expires_at"] {
        #expect(try isTime(row[time].string))
      }
    }
    #expect(try sessions(phone, path).map { try $0["is_current"].bool } == [true, false])
    #expect(try sessions(eve, path).count == 1)
  }

  @Test func listsArePaged() throws {
    let root = try site.send("GET", "/auth/sessions?limit=1", as: desk)
    #expect(try root.json.elements.count == 1)
    let last = try #require(root.json.elements.first)["id"].string
    #expect(root.headers["Link"]?.contains("after=\(last)") == true)
    let rest = try site.send("GET", "/auth/sessions?after=\(last)", as: desk).json.elements
    #expect(try rest.map { try $0["is_current"].bool } == [true])
    let api = try site.send("GET", "/api/auth/sessions?limit=1&offset=1", as: desk)
    #expect(api.keys == ["sessions", "total"])
    #expect(try api.json["total"].int == 2)
    #expect(try api.json["sessions"].elements.map { try $0["is_current"].bool } == [true])
    let v1 = try site.send("GET", "/api/v1/auth/sessions?size=1&page=2", as: desk)
    #expect(v1.keys == ["items", "total", "page", "size", "pages"])
    #expect(try v1.json["pages"].int == 2)
    #expect(try v1.json["items"].elements.map { try $0["is_current"].bool } == [true])
  }

  @Test func endedAndExpiredSessionsAreNotListed() throws {
    #expect(try site.send("POST", "/auth/logout", as: phone).status == 200)
    #expect(try sessions(desk).count == 1)
    _ = try site.signIn("ada")
    let current = try current(desk)
    try site.owner().run(
      "update session set expires_at = now() where session_id <> \(current)::uuid")
    for path in Self.paths { #expect(try sessions(desk, path).count == 1) }
    #expect(try site.send("GET", "/api/auth/sessions", as: desk).json["total"].int == 1)
    // An expired session is over, so it cannot be ended.
    let expired = try site.owner().one(
      """
      select session_id from session join account using (account_id)
      where username = 'ada' and ended_at is null and session_id <> \(current)::uuid
      """
    ) { row throws(PostgresError) in try row.next(UUIDBytes.self).description }
    #expect(try site.send("DELETE", "/auth/sessions/\(expired)", as: desk).status == 404)
  }

  @Test(arguments: paths) func aSessionIsEnded(path: String) throws {
    let other = try current(phone)
    let answer = try site.send("DELETE", "\(path)/\(other)", as: desk)
    #expect(answer.status == 200)
    #expect(answer.keys == ["message"])
    #expect(try status(phone) == 401)
    #expect(try status(desk) == 200)
    #expect(try sessions(desk, path).count == 1)
    #expect(try site.send("DELETE", "\(path)/\(other)", as: desk).status == 404)
    let entries = try entries("session.ended")
    #expect(try entries.map { try $0["object"].string } == [other])
    #expect(try entries.map { try $0["actor"].string } == ["ada"])
  }

  @Test func theRefreshTokenOfAnEndedSessionIsRefused() throws {
    let pair = try site.pair()
    let session = try current(pair.person)
    #expect(try site.send("DELETE", "/auth/sessions/\(session)", as: desk).status == 200)
    #expect(try site.refresh(pair.refresh).status == 401)
  }

  @Test func thePresentSessionCanBeEnded() throws {
    let session = try current(desk)
    #expect(try site.send("DELETE", "/auth/sessions/\(session)", as: desk).status == 200)
    #expect(try status(desk) == 401)
    #expect(try status(phone) == 200)
  }

  @Test(arguments: paths) func allOthersAreEnded(path: String) throws {
    _ = try site.signIn("ada")
    let answer = try site.send("DELETE", path, as: desk)
    #expect(answer.status == 200)
    #expect(answer.keys == ["message", "ended"])
    #expect(try answer.json["ended"].int == 2)
    #expect(try status(phone) == 401)
    #expect(try status(desk) == 200)
    #expect(try status(eve) == 200)
    let again = try site.send("DELETE", path, as: desk)
    #expect(again.status == 200)
    #expect(try again.json["ended"].int == 0)
    #expect(try entries("sessions.ended").last?["facts"]["sessions"].string == "2")
  }

  @Test(arguments: paths) func sessionsOfOthersAreHidden(path: String) throws {
    let foreign = try current(eve)
    try expectHidden(site, "DELETE", { "\(path)/\($0)" }, foreign: foreign, as: desk)
    // Not even an admin ends them here.
    let admin = try site.person(.admin)
    #expect(try site.send("DELETE", "\(path)/\(foreign)", as: admin).status == 404)
    #expect(try status(eve) == 200)
  }

  @Test func sessionsThatEndEachOtherLeaveOne() throws {
    for byID in [true, false] {
      for _ in 0..<5 {
        let pairs = try [site.signIn("ada"), site.signIn("ada")]
        let ids = try pairs.map(current)
        let statuses = try site.race(2) { client, index in
          let path = "/auth/sessions" + (byID ? "/\(ids[1 - index])" : "")
          return try client.send("DELETE", path, as: pairs[index]).status
        }
        #expect(statuses.sorted() == [200, 401])
        #expect(try pairs.map(status) == statuses)
      }
    }
  }

  @Test func anEndWaitsForThePassword() throws {
    let (shared, desk) = (site.site, desk)
    let owner = site.owner()
    try owner.script("begin; select from account where username = 'ada' for no key update")
    try owner.run(
      "select retire_access(account_id, null) from account where username = 'ada'")
    let statuses = try inThreads(1) { _ in
      try Client(shared).send("DELETE", "/auth/sessions", as: desk).status
    } meanwhile: {
      try site.waitForABlockedStatement()
      try owner.script("commit")
    }
    #expect(statuses == [401])
  }

  @Test func theDeviceIsNamed() throws {
    func named(_ json: String, _ headers: [String: String]) throws -> JSON {
      _ = try site.send(
        "POST", "/auth/login",
        json: #"{"username": "ada", "password": "\#(TestSite.password)"\#(json)}"#,
        headers: headers)
      return try #require(sessions(desk).first)["device_name"]
    }
    let firefox = ["HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"]
    #expect(try named("", firefox) == .string("Firefox on Linux"))
    let given = #", "device_name": " Ada's desk ""#
    #expect(try named(given, firefox) == .string("Ada's desk"))
    #expect(try named("", [:]) == .null)
    for value in ["1", "\"\"", "\"a\\nb\"", "\"\(String(repeating: "x", count: 101))\""] {
      let answer = try site.send(
        "POST", "/auth/login",
        json: """
          {"username": "ada", "password": "\(TestSite.password)", "device_name": \(value)}
          """)
      #expect(answer.status == 400)
      #expect(try answer.detail.hasPrefix("device_name "))
    }
  }

  @Test func aDeletedAccountKeepsNoDevices() throws {
    try site.owner().run("update session set device = 'x', address = '192.0.2.1'")
    let id = try site.send("GET", "/auth/me", as: desk).json["id"].string
    #expect(try site.send("DELETE", "/api/v1/users/\(id)", as: desk).status == 200)
    let left = try site.owner().one(
      """
      select count(*) from session
      where account_id = \(id)::uuid and (device is not null or address is not null)
      """
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(left == 0)
  }
}
