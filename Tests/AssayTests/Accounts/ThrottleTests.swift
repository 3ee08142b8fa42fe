import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

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

  /// Changes all buckets as if so many seconds had passed.
  private func pass(seconds: Int) throws {
    try site.owner().run(
      "update throttle set empty_at = empty_at - make_interval(secs => \(seconds)::int)")
  }

  @Test func oneNetworkHasTenAttemptsAndThenOneAMinute() throws {
    try Directory.add(
      "ada", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    _ = try site.person(.labeler, named: "bob")
    // All names of an account count together, and IPv4 written as IPv6 is the same network.
    for number in 1...10 {
      let name = ["ada", "ADA", "ada@example.org"][number % 3]
      let address = ["192.0.2.1", "::ffff:192.0.2.1"][number % 2]
      #expect(try signIn(name, from: address).status == 401)
    }
    for (name, password) in [
      ("ada", "wrong password"), ("ada", TestSite.password), ("ada@example.org", TestSite.password),
    ] {
      let answer = try signIn(name, password, from: "192.0.2.1")
      #expect(answer.status == 429)
      let wait = try #require(answer.headers["Retry-After"].flatMap { Int($0) })
      #expect((1...60).contains(wait))
      #expect(answer.keys == ["detail", "request_id"])
    }
    #expect(try signIn("bob", TestSite.password, from: "192.0.2.1").status == 200)
    try pass(seconds: 60)
    #expect(try signIn("ada", TestSite.password, from: "192.0.2.1").status == 200)
    try site.owner().run("select throttle_sweep()")
    #expect(try signIn("ada", from: "192.0.2.1").status == 401)
    #expect(try signIn("ada", from: "192.0.2.1").status == 429)
  }

  @Test func theOwnerCanSignInFromAnotherNetwork() throws {
    _ = try site.person(.labeler, named: "ada")
    for _ in 1...10 { #expect(try signIn("ada", from: "192.0.2.1").status == 401) }
    for _ in 1...5 {
      #expect(try signIn("ada", from: "192.0.2.1").status == 429)
      #expect(try signIn("ada", TestSite.password, from: "198.51.100.7").status == 200)
      try pass(seconds: 60)
      #expect(try signIn("ada", from: "192.0.2.1").status == 401)
      #expect(try signIn("ada", TestSite.password, from: "2001:db8:7::1").status == 200)
    }
  }

  @Test func unknownNetworksAreSlowedDown() throws {
    _ = try site.person(.labeler, named: "ada")
    let home = "198.51.100.7"
    #expect(try signIn("ada", TestSite.password, from: home).status == 200)
    func attack(_ name: String, _ networks: Range<Int>) throws -> [Int] {
      try networks.map { try signIn(name, from: "10.0.\($0 / 200).\($0 % 200)").status }
    }
    // Uses 90 of the 100 attempts at once: with real sign-ins, some attempts would come back
    // meanwhile.
    try site.owner().run(
      """
      select throttle_take('brake', brake_bucket(guessed(account_id, null))), g
      from account, generate_series(1, 90) g
      """)
    try site.owner().run(
      "select throttle_take('brake', brake_bucket('name nobody')) from generate_series(1, 90)")
    for name in ["ada", "nobody"] {
      let statuses = try attack(name, 0..<30)
      #expect(statuses.count { $0 == 401 } == 10, "\(name)")
      #expect(statuses.suffix(20).allSatisfy { $0 == 429 })
      // From an unknown network a correct password gets the same answer as a wrong one.
      #expect(try signIn(name, TestSite.password, from: "203.0.113.9").status == 429)
    }
    // Failures from the known network count only for this account and network.
    for _ in 1...3 {
      #expect(try signIn("ada", from: home).status == 401)
      #expect(try signIn("ada", TestSite.password, from: home).status == 200)
    }
    try pass(seconds: 36)
    #expect(try attack("ada", 40..<44) == [401, 429, 429, 429])
    #expect(try signIn("ada", TestSite.password, from: home).status == 200)
  }

  /// People who have used a reset letter must not be slowed down.
  @Test func aResetLinkMakesTheNetworkKnown() throws {
    _ = try site.person(.labeler, named: "ada")
    try site.owner().run(
      """
      select throttle_take('brake', brake_bucket(guessed(account_id, null))), g
      from account, generate_series(1, 100) g
      """)
    let link = try Directory.resetLink("ada", origin: "https://assay.test", site.owner())
    let token = try #require(link.split(separator: "=").last)
    #expect(try signIn("ada", TestSite.password, from: "203.0.113.9").status == 429)
    let reset = try site.send(
      "POST", "/api/auth/reset-password",
      json: #"{"token": "\#(token)", "password": "twelve apples"}"#,
      headers: ["REMOTE_ADDR": "203.0.113.9"])
    #expect(reset.status == 200)
    #expect(try signIn("ada", "twelve apples", from: "203.0.113.9").status == 200)
    #expect(try signIn("ada", "twelve apples", from: "203.0.113.10").status == 429)
  }

  @Test func anAccountHasSixteenKnownNetworks() throws {
    _ = try site.person(.labeler, named: "ada")
    for number in 1...18 {
      #expect(try signIn("ada", TestSite.password, from: "192.0.2.\(number)").status == 200)
      try site.owner().run("update known_network set seen_at = seen_at - interval '25 hours'")
    }
    #expect(try signIn("ada", TestSite.password, from: "192.0.2.18").status == 200)
    func known() throws -> [Bool] {
      try (1...18).map { number in
        try site.owner().one(
          "select is_known_network(account_id, \("192.0.2.\(number)")) from account"
        ) { row throws(PostgresError) in try row.next() }
      }
    }
    #expect(try known() == Array(repeating: false, count: 2) + Array(repeating: true, count: 16))
    // There was no sign-in from these networks for a long time.
    try site.owner().run("update known_network set seen_at = now() - interval '91 days'")
    #expect(try known().allSatisfy { !$0 })
    try site.owner().run("select address_sweep()")
    let left = try site.owner().one("select count(*) from known_network") {
      row throws(PostgresError) in try row.next(Int.self)
    }
    #expect(left == 0)
  }

  /// Otherwise anybody could use up an account's attempts with its id as the name.
  @Test func attemptsWithAnIDDoNotCountForTheAccount() throws {
    let ada = try site.person(.labeler, named: "ada")
    let id = try site.send("GET", "/auth/me", as: ada).json["id"].string
    for name in [id, "account \(id)"] {
      for _ in 1...10 { #expect(try signIn(name).status == 401) }
      #expect(try signIn(name).status == 429)
    }
    #expect(try signIn("ada").status == 401)
    #expect(try signIn("ada", TestSite.password).status == 200)
  }

  @Test func unknownNamesAreThrottledInTheSameWay() throws {
    for _ in 1...10 { #expect(try signIn("nobody").status == 401) }
    #expect(try signIn("NOBODY").status == 429)
    #expect(try signIn("nobody-else").status == 401)
  }

  @Test func successfulSignInsDoNotCount() throws {
    _ = try site.person(.labeler, named: "ada")
    for _ in 1...20 { #expect(try signIn("ada", TestSite.password).status == 200) }
    #expect(try signIn("ada").status == 401)
  }

  @Test func concurrentSignInsHaveTheSameLimit() throws {
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

  @Test func aNetworkHasAHundredAttempts() throws {
    #expect(try signIn("nobody", from: "2001:db8::1").status == 401)
    // 99 more at the same moment: a slow machine would have let some drain away.
    try site.owner().run(
      """
      select throttle_take('address', sign_in_address('2001:db8::2')) from generate_series(1, 99)
      """)
    let left = try site.owner().one(
      """
      select extract(epoch from empty_at - clock_timestamp())::double precision - 89 * 0.6
      from throttle where bucket = sign_in_address('2001:db8::3')
      """
    ) { row throws(PostgresError) in try row.next(Double.self) }
    #expect(left > 0)
    try site.owner().run("update throttle set empty_at = empty_at + interval '1 minute'")
    // The same customer's network, but not that of another customer.
    #expect(try signIn("somebody", from: "2001:db8::ffff").status == 429)
    #expect(try signIn("somebody", from: "2001:db8:0:1::1").status == 401)
    #expect(try signIn("somebody", from: "192.0.2.1").status == 401)
    // Both notations of an IPv4 address are the same network, and not one network with all others.
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

  @Test func thePasswordChangeIsThrottled() throws {
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
