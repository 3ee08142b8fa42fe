import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /me/stats, PUT /auth/me")
struct StatisticsTests {
  private let site: TestSite
  private let ada: Person

  init() throws {
    site = try TestSite()
    ada = try site.person(.labeler, named: "ada")
  }

  private func statistics() throws -> JSON {
    try site.send("GET", "/me/stats", as: ada).json
  }

  @Test func daysWithoutAnswersAreZero() throws {
    let answer = try site.send("GET", "/me/stats", as: ada)
    #expect(
      answer.keys == [
        "days", "labeled", "points", "agreement", "median_seconds", "median_client_seconds",
        "streak",
      ])
    let days = try answer.json["days"].elements
    #expect(days.count == 30)
    #expect(try days.allSatisfy { try $0["labeled"].int == 0 && $0["points"].int == 0 })
    let today = try site.owner().one("select (now() at time zone 'UTC')::date::text") {
      row throws(PostgresError) in try row.next(String.self)
    }
    #expect(try days.last?["day"].string == today)
    #expect(answer.text.contains(#""agreement":null,"median_seconds":null"#))
    #expect(try answer.json["streak"].int == 0)
  }

  @Test func answersAndPointsAreCountedByDay() throws {
    let crowd = try PaidCrowd(site, pictures: 2, slots: 2)
    let bob = try site.person(.labeler)
    for person in [ada, bob] {
      try crowd.answer(person, 0, ["cat"])
      try crowd.answer(person, 1, person.username == "ada" ? ["cat"] : ["dog"])
    }
    try crowd.resolve(0, ["cat"], votes: 2)
    try crowd.resolve(1, ["dog"], method: "review", votes: 2)
    try crowd.settle()
    try site.age(days: 2)
    let statistics = try statistics()
    let day = try statistics["days"][27]
    #expect(try day["labeled"].int == 2)
    #expect(try day["points"].int == 10)
    #expect(try statistics["labeled"].int == 2)
    #expect(try statistics["agreement"].double == 0.5)
    try site.age(days: 28)
    #expect(try self.statistics()["labeled"].int == 0)
  }

  @Test func theStreakEndsTodayOrYesterday() throws {
    let request = try site.request(by: site.person(.customer))
    func earn(daysAgo: Int, settled: Int = 1) throws {
      try site.earn(
        ada, points: 1, settled: settled, in: request,
        day: "(now() at time zone 'UTC')::date - \(daysAgo)::integer")
    }
    for day in [1, 2, 3, 5] { try earn(daysAgo: day) }
    #expect(try statistics()["streak"].int == 3)
    try earn(daysAgo: 0)
    #expect(try statistics()["streak"].int == 4)
    // A bonus is no answer.
    try earn(daysAgo: 4, settled: 0)
    #expect(try statistics()["streak"].int == 4)
    try site.age(days: 2)
    #expect(try statistics()["streak"].int == 0)
  }

  @Test func itemsOfOneAnswerShareItsTime() throws {
    let crowd = try PaidCrowd(site, pictures: 4)
    for image in 0..<4 {
      try crowd.answer(ada, image, ["cat"], seconds: Double(image + 1))
    }
    // Three items were sent together 60 seconds after the claim, and one 40 seconds later.
    let db = site.owner()
    try db.run(
      "update claim set claimed_at = now() - interval '100 seconds', answered_at = now() - interval '40 seconds'"
    )
    try db.run("update claim set answered_at = now() where item_id = \(crowd.images[3])::uuid")
    let statistics = try statistics()
    #expect(abs(try statistics["median_seconds"].double - 20) < 1)
    #expect(try statistics["median_client_seconds"].double == 2.5)
    // The numbers stay when she leaves the project.
    try db.run("delete from project_member")
    #expect(abs(try self.statistics()["median_seconds"].double - 20) < 1)
  }

  @Test func ownPointsAreShown() throws {
    let empty = try site.send("GET", "/auth/me", as: ada)
    #expect(
      empty.keys == [
        "id", "username", "email", "role", "anonymous", "points", "points_provisional", "labeled",
        "accuracy", "rank",
      ])
    #expect(
      empty.text.hasSuffix(
        #""anonymous":false,"points":0,"points_provisional":0,"labeled":0,"accuracy":null,"#
          + #""rank":null}"#))
    let crowd = try PaidCrowd(site)
    let bob = try site.person(.labeler)
    try crowd.answer(ada, 0, ["cat"])
    try crowd.answer(bob, 0, ["dog"])
    try crowd.resolve(0, ["dog"], votes: 2)
    #expect(try site.send("GET", "/auth/me", as: ada).json["points_provisional"].int == 10)
    try crowd.settle()
    let me = try site.send("GET", "/auth/me", as: ada).json
    #expect(try me["rank"].int == 2)
    #expect(try me["labeled"].int == 1)
    #expect(try me["accuracy"].double == 0)
    #expect(try site.send("GET", "/auth/me", as: bob).json["rank"].int == 1)
  }

  @Test func ownNamesAreChanged() throws {
    _ = try site.person(.labeler, named: "bob")
    func change(_ json: String) throws -> Answer {
      try site.send("PUT", "/auth/me", as: ada, json: json)
    }
    let answer = try change(
      #"{"username": "lovelace", "full_name": "Ada", "email": "ada@example.org", "anonymous": true}"#
    )
    #expect(answer.status == 200)
    #expect(try answer.json["username"].string == "lovelace")
    #expect(try answer.json["email"].string == "ada@example.org")
    #expect(try answer.json["anonymous"].bool)
    let profile = try site.send("GET", "/api/auth/me", as: ada).json
    #expect(try profile["full_name"].string == "Ada")
    #expect(try change("{}").json["anonymous"].bool)
    #expect(try change(#"{"username": "BOB", "anonymous": false}"#).status == 409)
    #expect(try site.send("GET", "/auth/me", as: ada).json["anonymous"].bool)
    for json in [
      #"{"anonymous": "yes"}"#, #"{"anonymous": 1}"#, #"{"username": "a b"}"#, "[]",
      #"{"organization_id": "\#(unknownID)"}"#, #"{"email": "x"}"#,
    ] {
      #expect(try change(json).status == 400, "\(json)")
    }
    let admin = try site.person(.admin)
    let entries = try site.send("GET", "/admin/audit", as: admin).json.elements
      .filter { try $0["action"].string == "account.changed" }
    #expect(entries.count == 2)
    #expect(try entries.last?["facts"]["anonymous"].string == "true")
  }

  @Test func aKeyReadsButDoesNotChange() throws {
    let key = try site.send(
      "POST", "/api/v1/api-keys", as: ada, json: #"{"name": "robot", "scopes": ["read", "write"]}"#)
    let robot = Person(username: "ada", token: try key.json["key"].string)
    #expect(try site.send("GET", "/auth/me", as: robot).status == 200)
    #expect(try site.send("GET", "/me/stats", as: robot).status == 200)
    #expect(
      try site.send("PUT", "/auth/me", as: robot, json: #"{"anonymous": true}"#).status == 403)
  }
}
