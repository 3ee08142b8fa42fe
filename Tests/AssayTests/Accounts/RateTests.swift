import Assay
import Postgres
import Site
import Support
import Testing
import Web

@Suite("Rates and limits of the site")
struct RateTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func signIn(
    _ name: String, _ password: String = "wrong password", from address: String = "192.0.2.1"
  ) throws -> Int {
    try site.send(
      "POST", "/auth/login",
      json: #"{"username": "\#(name)", "password": "\#(password)"}"#,
      headers: ["REMOTE_ADDR": address]
    ).status
  }

  private func setRate(_ kind: String, burst: Int) throws {
    let rows = try site.owner().run(
      "update throttle_rate set burst = \(burst), seconds = 3600 where kind = \(kind)")
    #expect(rows == 1)
  }

  private func value(_ query: SQL) throws -> Int {
    try site.owner().one(query) { row throws(PostgresError) in try row.next() }
  }

  @Test func failedSignInsFollowTheRateOfANetwork() throws {
    try setRate("sign-in", burst: 2)
    #expect(try (1...3).map { _ in try signIn("ada") } == [401, 401, 429])
    #expect(try signIn("ada", from: "192.0.2.2") == 401)
  }

  @Test func failedSignInsFollowTheRateOfAllNetworks() throws {
    try setRate("brake", burst: 2)
    #expect(try (1...3).map { try signIn("ada", from: "192.0.2.\($0)") } == [401, 401, 429])
  }

  @Test func failedSignInsFollowTheRateOfAllAccounts() throws {
    try setRate("address", burst: 2)
    #expect(try ["a1", "a2", "a3"].map { try signIn($0) } == [401, 401, 429])
  }

  @Test func correctPasswordsFollowTheSameRates() throws {
    for kind in ["sign-in", "brake"] {
      let name = "ada-\(kind)"
      _ = try site.person(.labeler, named: name)
      #expect(try signIn(name) == 401)
      try setRate(kind, burst: 1)
      #expect(try signIn(name, TestSite.password) == 429)
    }
  }

  /// Each call queues a letter until its rate is used up.
  @Test(arguments: [
    ("reset", "select ask_reset(gen_random_uuid(), 'ada', 'https://assay.test')"),
    ("verification", "select ask_verification(gen_random_uuid(), account_id, 'x') from account"),
    ("letter", "select ask_verification(gen_random_uuid(), account_id, 'x') from account"),
  ])
  func lettersFollowTheirRates(kind: String, call: String) throws {
    try Directory.add(
      "ada", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    try setRate(kind, burst: 2)
    for _ in 1...3 { try site.owner().run("\(unsafeRaw: call)") }
    #expect(try value("select count(*) from letter") == 2)
  }

  @Test func aKindWithoutARateIsRefused() throws {
    try site.owner().run("delete from throttle_rate where kind = 'sign-in'")
    #expect(refusal(site.owner(), "select throttle_take('sign-in', 'x')") == "P0002")
    #expect(refusal(site.owner(), "select throttle_wait('sign-in', 'x')") == "P0002")
  }

  @Test func refusalsFollowTheLimitOfTheLog() throws {
    let ada = try site.person(.labeler, named: "ada")
    try site.owner().run("update site_limits set logged_refusals = 1")
    for _ in 1...3 { #expect(try site.send("GET", "/admin/users", as: ada).status == 403) }
    #expect(try value("select count(*) from audit_entry where action = 'refused'") == 1)
    try site.owner().run("update refusal_count set hour = hour - interval '1 hour'")
    try site.owner().run("select sweep_refusals()")
    let more = "select (facts->>'count')::int from audit_entry where action = 'refused.more'"
    #expect(try value("\(unsafeRaw: more)") == 2)
  }

  @Test func knownNetworksFollowTheirLimits() throws {
    _ = try site.person(.labeler, named: "ada")
    try site.owner().run("update site_limits set known_networks = 2")
    for number in 1...3 {
      #expect(try signIn("ada", TestSite.password, from: "192.0.2.\(number)") == 200)
      try site.owner().run("update known_network set seen_at = seen_at - interval '25 hours'")
    }
    #expect(try value("select count(*) from known_network") == 2)
    let isKnown: SQL = "select is_known_network(account_id, '192.0.2.3')::int from account"
    #expect(try value(isKnown) == 1)
    try site.owner().run("update site_limits set known_network_age = '1 day'")
    #expect(try value(isKnown) == 0)
    try site.owner().run("select address_sweep()")
    #expect(try value("select count(*) from known_network") == 0)
  }

  @Test func claimsFollowTheirLimits() throws {
    for name in ["ada", "bob", "eve", "kim"] {
      try Directory.add(
        name, email: "x@example.org", role: .labeler, password: TestSite.password, site.owner())
    }
    try site.owner().run("update site_limits set named_claims = 1, searched_claims = 1")
    #expect(try value("select array_length(claiming_names('x@example.org'), 1)") == 1)
    // The network of `bob` is known, but only the oldest and the newest claim are considered.
    try site.owner().run(
      "select note_network(account_id, '192.0.2.1') from account where username = 'bob'")
    func candidates() throws -> [String] {
      try site.owner().all(
        "select username from sign_in_candidates('x@example.org', '192.0.2.1') order by 1"
      ) { row throws(PostgresError) in try row.next() }
    }
    #expect(try candidates() == ["ada", "kim"])
    try site.owner().run("update site_limits set searched_claims = 3")
    #expect(try candidates() == ["ada", "bob"])
  }

  @Test func keysFollowTheirLimit() throws {
    let ada = try site.person(.labeler, named: "ada")
    try site.owner().run("update site_limits set api_keys = 1")
    func make() throws -> Int {
      let body = #"{"name": "key", "scopes": ["read"]}"#
      return try site.send("POST", "/api/v1/api-keys", as: ada, json: body).status
    }
    #expect(try (make(), make()) == (201, 409))
    // The previous version passes a number of its own, which is ignored.
    #expect(try site.send("GET", "/auth/me", as: ada).status == 200)
    let old: SQL = "select make_key(gen_random_uuid(), null, 'x', '{read}', 'x', null, 1000000)"
    #expect(refusal(site.client.context.db, old) == "23514")
    try site.owner().run("update site_limits set api_keys = 2")
    #expect(try make() == 201)
  }

  @Test func aFailedLetterIsRetriedAfterItsDelay() throws {
    try Directory.add(
      "ada", email: "ada@example.org", role: .labeler, password: TestSite.password, site.owner())
    try site.owner().run("update site_limits set letter_retry = '2 hours'")
    try site.owner().run("select ask_reset(gen_random_uuid(), 'ada', 'https://assay.test')")
    try site.owner().run("select take_letter(array['password_reset'])")
    let wait = "select count(*) from letter where run_after > now() + interval '1 hour'"
    #expect(try value("\(unsafeRaw: wait)") == 1)
  }

  @Test func onlyTheOwnerSetsRates() throws {
    for role in [DatabaseRole.application, .worker] {
      let db = site.connection(as: role)
      for statement in [
        "select * from throttle_rate", "update throttle_rate set burst = 1000000",
        "insert into throttle_rate values ('x', 1, 1)", "delete from throttle_rate",
        "update site_limits set logged_refusals = 1000000",
        "select throttle_take('sign-in', 'x')", "select throttle_wait('sign-in', 'x')",
        "select throttle_take('x'::bytea, 1, 1)", "select throttle_wait('x'::bytea, 1, 1)",
      ] {
        #expect(refusal(db, "\(unsafeRaw: statement)") == "42501", "\(statement)")
      }
    }
  }
}
