import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("GET /leaderboard, GET /leaderboard/me")
struct LeaderboardTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  private let ada: Person
  private let bob: Person
  private let eve: Person
  private let viewer: Person

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
    ada = try site.person(.labeler, named: "ada")
    bob = try site.person(.labeler, named: "bob")
    eve = try site.person(.labeler, named: "eve")
    viewer = try site.person(.viewer, named: "viewer")
  }

  private func rows(_ query: String = "", as person: Person? = nil) throws -> [String] {
    try site.send("GET", "/leaderboard\(query)", as: person ?? viewer).json.elements.map {
      try "\($0["rank"].int) \($0["username"].string) \($0["points"].int)"
    }
  }

  private func earn(_ person: Person, _ points: Int, day: SQL? = nil) throws {
    try site.earn(
      person, points: points, settled: 4, correct: 3, in: request,
      day: day ?? "(now() at time zone 'UTC')::date")
  }

  @Test func tiesShareARankAndAreSortedByName() throws {
    try earn(eve, 7)
    try earn(bob, 9)
    try earn(ada, 9)
    let answer = try site.send("GET", "/leaderboard", as: viewer)
    #expect(answer.keys == ["rank", "username", "points", "labeled", "accuracy"])
    #expect(try rows() == ["1 ada 9", "1 bob 9", "3 eve 7"])
    #expect(try answer.json[0]["labeled"].int == 4)
    #expect(try answer.json[0]["accuracy"].double == 0.75)
    #expect(try rows("?period=day") == ["1 ada 9", "1 bob 9", "3 eve 7"])
  }

  @Test func withoutAJudgedAnswerTheAccuracyIsNull() throws {
    try site.earn(ada, points: 0, in: request)
    let answer = try site.send("GET", "/leaderboard", as: viewer)
    #expect(answer.text.contains(#""accuracy":null"#))
  }

  @Test func pagesContinueTheRanks() throws {
    try earn(ada, 9)
    for person in [bob, eve, viewer] { try earn(person, 5) }
    for period in ["all", "day"] {
      #expect(try rows("?period=\(period)&limit=2") == ["1 ada 9", "2 bob 5"])
      #expect(try rows("?period=\(period)&limit=2&offset=2") == ["2 eve 5", "2 viewer 5"])
      #expect(try rows("?period=\(period)&limit=1&offset=1") == ["2 bob 5"])
      #expect(try rows("?period=\(period)&offset=4") == [])
      #expect(try rows("?period=\(period)&offset=1000000000&limit=1000") == [])
    }
  }

  @Test func periodsAreTheCurrentDayWeekAndMonth() throws {
    let monday: SQL = "date_trunc('week', now() at time zone 'UTC')::date"
    let first: SQL = "date_trunc('month', now() at time zone 'UTC')::date"
    try earn(ada, 1)
    try earn(bob, 2, day: monday)
    try earn(bob, 4, day: "\(monday) - 1")
    try earn(eve, 8, day: first)
    try earn(eve, 16, day: "\(first) - 1")
    try earn(viewer, 32, day: "least(\(monday), \(first)) - 2")
    let db = site.owner()
    func expected(since start: SQL) throws -> [String] {
      let sums = try db.all(
        """
        select username, sum(points)::integer from points_day join account using (account_id)
        where day >= \(start) group by username order by 2 desc
        """
      ) { row throws(PostgresError) in (try row.next(String.self), try row.next(Int.self)) }
      return sums.enumerated().map { "\($0.offset + 1) \($0.element.0) \($0.element.1)" }
    }
    #expect(try rows("?period=day") == expected(since: "(now() at time zone 'UTC')::date"))
    #expect(try rows("?period=week") == expected(since: monday))
    #expect(try rows("?period=month") == expected(since: first))
    #expect(try rows("?period=all") == ["1 viewer 32", "2 eve 24", "3 bob 6", "4 ada 1"])
    #expect(try !rows("?period=week").contains { $0.contains("viewer") })
  }

  @Test func peopleCanBeAnonymous() throws {
    try earn(ada, 9)
    try earn(bob, 5)
    try earn(eve, 5)
    let hidden = try site.send("PUT", "/auth/me", as: eve, json: #"{"anonymous": true}"#)
    #expect(hidden.status == 200)
    #expect(try hidden.json["anonymous"].bool)
    #expect(try rows() == ["1 ada 9", "2 anonymous 5", "2 bob 5"])
    #expect(try rows("?period=week") == ["1 ada 9", "2 anonymous 5", "2 bob 5"])
    let own = try site.send("GET", "/leaderboard/me", as: eve).json
    #expect(try own["username"].string == "anonymous")
    #expect(try own["rank"].int == 2)
    _ = try site.send("PUT", "/auth/me", as: eve, json: #"{"anonymous": false}"#)
    #expect(try rows() == ["1 ada 9", "2 bob 5", "2 eve 5"])
  }

  @Test func aDeletedAccountHasNoName() throws {
    try earn(ada, 9)
    let id = try site.send("GET", "/auth/me", as: ada).json["id"].string
    let admin = try site.person(.admin)
    #expect(try site.send("DELETE", "/api/v1/users/\(id)", as: admin).status < 300)
    #expect(try rows() == ["1 anonymous 9"])
    #expect(try rows("?period=day") == ["1 anonymous 9"])
  }

  @Test func theCallersRowFollowsTheFilters() throws {
    try earn(ada, 9)
    try earn(bob, 5, day: "(now() at time zone 'UTC')::date - 40")
    let answer = try site.send("GET", "/leaderboard/me", as: bob)
    #expect(answer.keys == ["rank", "username", "points", "labeled", "accuracy"])
    #expect(try answer.json["rank"].int == 2)
    #expect(try answer.json["points"].int == 5)
    let month = try site.send("GET", "/leaderboard/me?period=month", as: bob)
    #expect(
      month.text
        == #"{"rank":null,"username":"bob","points":0,"labeled":0,"accuracy":null}"#)
    #expect(try site.send("GET", "/leaderboard/me?period=day", as: ada).json["rank"].int == 1)
    #expect(
      try site.send("GET", "/leaderboard/me", as: eve).text
        == #"{"rank":null,"username":"eve","points":0,"labeled":0,"accuracy":null}"#)
  }

  @Test func invalidParametersAreRefused() throws {
    for query in [
      "period=year", "period=", "request_id=1", "request_id=", "limit=0", "limit=1001", "limit=x",
      "offset=-1", "offset=1.5",
    ] {
      #expect(try site.send("GET", "/leaderboard?\(query)", as: viewer).status == 400, "\(query)")
    }
    for query in ["period=DAY", "request_id=x"] {
      #expect(try site.send("GET", "/leaderboard/me?\(query)", as: ada).status == 400, "\(query)")
    }
    #expect(
      try site.send("GET", "/leaderboard?period=year", as: viewer).detail
        == "period must be one of day, week, month, all.")
    #expect(try site.send("GET", "/leaderboard").status == 401)
  }

  /// Of a request only its own points count.
  @Test func aRequestHasALeaderboardWhileItIsOpen() throws {
    let crowd = try PaidCrowd(site)
    try earn(ada, 50)
    try crowd.answer(bob, 0, ["cat"])
    try crowd.answer(ada, 0, ["dog"])
    try crowd.resolve(0, ["cat"], votes: 2)
    try crowd.settle()
    let query = "?request_id=\(crowd.request)"
    #expect(try rows(query) == ["1 bob 10", "2 ada 0"])
    #expect(try rows(query + "&period=week") == ["1 bob 10", "2 ada 0"])
    #expect(try rows() == ["1 ada 50", "2 bob 10"])
    let own = try site.send("GET", "/leaderboard/me\(query)", as: ada).json
    #expect(try own["rank"].int == 2)
    #expect(try own["points"].int == 0)
  }

  @Test func aClosedPoolIsShownToItsPeopleOnly() throws {
    let crowd = try PaidCrowd(site)
    let stranger = try site.person(.customer)
    try crowd.answer(ada, 0, ["cat"])
    let path = "/leaderboard?request_id=\(crowd.request)"
    #expect(try site.send("GET", path, as: stranger).status == 200)
    try crowd.owner.run("update pool set state = 'closed'")
    for (person, status) in [
      (ada, 200), (crowd.customer, 200), (try site.person(.admin), 200), (bob, 404),
      (viewer, 404), (stranger, 404),
    ] {
      #expect(try site.send("GET", path, as: person).status == status, "\(person.username)")
      #expect(
        try site.send("GET", "/leaderboard/me?request_id=\(crowd.request)", as: person).status
          == status)
    }
    // A person who left the project has had a task of it, and may look.
    try crowd.owner.run("delete from project_member")
    #expect(try site.send("GET", path, as: ada).status == 200)
    // A labeler of one request of an organization does not see the others.
    let second = try PaidCrowd(site, customer: crowd.customer)
    try second.owner.run("update pool set state = 'closed'")
    #expect(
      try site.send("GET", "/leaderboard?request_id=\(second.request)", as: ada).status == 404)
  }

  @Test func aRequestWithoutAPoolHasNone() throws {
    for id in [request, unknownID] {
      let answer = try site.send("GET", "/leaderboard?request_id=\(id)", as: customer)
      #expect(answer.status == 404)
      #expect(try site.send("GET", "/leaderboard/me?request_id=\(id)", as: ada).status == 404)
    }
  }

  @Test func otherPeoplesPointsAreInNoTableOfTheirs() throws {
    let crowd = try PaidCrowd(site)
    try crowd.answer(ada, 0, ["cat"])
    try earn(bob, 5)
    let db = site.connection(as: .application)
    try db.run(
      "select set_config('assay.account', account_id::text, false) from account where username = 'eve'"
    )
    let seen = try db.one(
      """
      select (select count(*) from points_entry) + (select count(*) from points_day)
        + (select count(*) from points_total) + (select count(*) from claim)
      """
    ) { row throws(PostgresError) in try row.next(Int.self) }
    #expect(seen == 0)
    try db.run("select leave()")
    let unscoped = try db.all("select username from leaderboard(null, null, 10, 0)") {
      row throws(PostgresError) in try row.next(String.self)
    }
    #expect(unscoped == [])
  }
}
