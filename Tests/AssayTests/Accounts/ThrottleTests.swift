import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("Failed sign-ins")
struct ThrottleTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static func body(_ name: String, _ password: String) -> String {
    #"{"username": "\#(name)", "password": "\#(password)"}"#
  }

  private func signIn(
    _ name: String, _ password: String = "wrong password", from address: String = ""
  ) throws -> Answer {
    try site.send(
      "POST", "/auth/login", json: Self.body(name, password), headers: ["REMOTE_ADDR": address])
  }

  @Test func tenAreHeardThenNoMore() throws {
    try Directory.add(
      "ada", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    _ = try site.person(.labeler, named: "bob")
    // Under all its names it is one account.
    for number in 1...10 {
      let name = ["ada", "ADA", "ada@example.org"][number % 3]
      #expect(try signIn(name, from: "192.0.2.\(number)").status == 401)
    }
    for password in ["wrong password", TestSite.password] {
      let answer = try signIn("ada", password)
      #expect(answer.status == 429)
      let wait = try #require(answer.headers["Retry-After"].flatMap { Int($0) })
      #expect((1...60).contains(wait))
      #expect(answer.keys == ["detail", "request_id"])
    }
    #expect(try signIn("bob", TestSite.password).status == 200)
    // Time passes.
    try site.owner().run("update throttle set empty_at = empty_at - interval '1 minute'")
    #expect(try signIn("ada", TestSite.password).status == 200)
    try site.owner().run("select throttle_sweep()")
    #expect(try signIn("ada").status == 401)
    #expect(try signIn("ada").status == 429)
  }

  @Test func onANameThatIsNobodysItIsTheSame() throws {
    for _ in 1...10 { #expect(try signIn("nobody").status == 401) }
    #expect(try signIn("NOBODY").status == 429)
    #expect(try signIn("nobody-else").status == 401)
  }

  @Test func onlyFailuresCount() throws {
    _ = try site.person(.labeler, named: "ada")
    for _ in 1...20 { #expect(try signIn("ada", TestSite.password).status == 200) }
    #expect(try signIn("ada").status == 401)
  }

  @Test func manyAtOnceGetNoMoreGuesses() throws {
    _ = try site.person(.labeler, named: "ada")
    let statuses = try site.race(6) { client, _ in
      try (1...5).map { _ in
        try client.send("POST", "/auth/login", json: Self.body("ada", "wrong password")).status
      }
    }.flatMap(\.self)
    #expect(statuses.count { $0 == 401 } == 10)
    #expect(statuses.count { $0 == 429 } == 20)
    #expect(try signIn("ada", TestSite.password).status == 429)
  }

  @Test func anAddressHasAHundred() throws {
    #expect(try signIn("nobody", from: "2001:db8::1").status == 401)
    // 99 more at the same moment: a slow machine would have let some drain away.
    try site.owner().run(
      """
      select throttle_take(sign_in_address('2001:db8::2'), 100, 0.6) from generate_series(1, 99)
      """)
    let left = try site.owner().one(
      "select throttle_wait(sign_in_address('2001:db8::3'), 90, 0.6)"
    ) { row throws(PostgresError) in try row.next(Double.self) }
    #expect(left > 0)
    try site.owner().run("update throttle set empty_at = empty_at + interval '1 minute'")
    // The same customer's network, but not another's.
    #expect(try signIn("somebody", from: "2001:db8::ffff").status == 429)
    #expect(try signIn("somebody", from: "2001:db8:0:1::1").status == 401)
    #expect(try signIn("somebody", from: "192.0.2.1").status == 401)
    // An address of IPv4 is the same in either writing, and not one network with all others.
    let isSame = try site.owner().one(
      """
      select sign_in_address('::ffff:192.0.2.1') = sign_in_address('192.0.2.1'),
        sign_in_address('::FFFF:192.0.2.2') = sign_in_address('192.0.2.1'),
        sign_in_address('unix:') is null
      """
    ) { row throws(PostgresError) in
      [try row.next(Bool.self), try row.next(Bool.self), try row.next(Bool.self)]
    }
    #expect(isSame == [true, false, true])
  }

  @Test func anotherPasswordIsNotGuessedAtEither() throws {
    let person = try site.person(.labeler)
    func change(_ current: String) throws -> Int {
      try site.send(
        "PUT", "/api/auth/password", as: person,
        json: #"{"current_password": "\#(current)", "new_password": "twelve apples"}"#
      ).status
    }
    for _ in 1...10 { #expect(try change("wrong") == 422) }
    #expect(try change(TestSite.password) == 429)
    #expect(try site.send("GET", "/auth/me", as: person).status == 200)
  }
}
