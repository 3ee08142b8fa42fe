import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// A deactivated account.
enum Deactivation {
  static func of(_ username: String, _ site: TestSite) throws {
    try Directory.add(
      username, email: nil, role: .labeler, password: TestSite.password, site.owner())
    try Directory.deactivate(username, site.owner())
  }
}

@Suite("assay user")
struct DirectoryTests {
  let site: TestSite
  init() throws { site = try TestSite() }

  @Test func aDeactivatedAccountsNextRequestFails() throws {
    let person = try site.person(.labeler)
    #expect(try site.send("GET", "/tasks", as: person).status == 200)
    try Directory.deactivate(person.username.uppercased(), site.owner())
    #expect(try site.send("GET", "/tasks", as: person).status == 401)
    #expect(try Directory.list(site.owner()).map(\.isActive) == [false])
  }

  @Test func aChangedRoleAppliesToTheNextRequest() throws {
    let person = try site.person(.labeler)
    #expect(try site.send("GET", "/tasks", as: person).status == 200)
    #expect(try site.send("GET", "/requests", as: person).status == 403)
    try Directory.change(person.username, to: .customer, site.owner())
    #expect(try site.send("GET", "/tasks", as: person).status == 403)
    #expect(try site.send("GET", "/requests", as: person).status == 200)
    #expect(try !site.request(by: person).isEmpty)
    try Directory.change(person.username, to: .universal, site.owner())
    #expect(try site.send("GET", "/requests", as: person).json.elements.count == 1)
  }

  @Test func aPasswordChangeEndsTheSessions() throws {
    let person = try site.person(.labeler)
    try Directory.setPassword(person.username, "another password", site.owner())
    #expect(try site.send("GET", "/tasks", as: person).status == 401)
    #expect(throws: Missing.self) { try site.signIn(person.username) }
    let answer = try site.send(
      "POST", "/auth/login",
      json: #"{"username": "\#(person.username)", "password": "another password"}"#)
    #expect(answer.status == 200)
  }

  @Test func accountsAreSortedByName() throws {
    for (name, role) in [("zoe", Role.admin), ("Adam", .viewer), ("mia", .universal)] {
      try Directory.add(
        name, email: "\(name)@example.org", role: role, password: "twelve apples", site.owner())
    }
    let entries = try Directory.list(site.owner())
    #expect(entries.map(\.username) == ["Adam", "mia", "zoe"])
    #expect(entries.map(\.role) == [.viewer, .universal, .admin])
    #expect(entries.map(\.email) == ["Adam@example.org", "mia@example.org", "zoe@example.org"])
  }

  @Test func anInvalidNameIsRefused() throws {
    for name in ["a", "a b", "a@b", "", String(repeating: "x", count: 65)] {
      #expect(throws: Directory.Refusal.self, "\(name)") {
        try Directory.add(name, email: nil, role: .admin, password: "twelve apples", site.owner())
      }
    }
    #expect(try Directory.list(site.owner()).isEmpty)
  }

  @Test func verifyingAnAddressTakesItFromOtherAccounts() throws {
    let owner = site.owner()
    for name in ["ada", "eve", "zoe"] {
      try Directory.add(
        name, email: name == "zoe" ? nil : "ada@example.org", role: .labeler,
        password: "twelve apples", owner)
    }
    try Directory.verify("ada", owner)
    try Directory.verify("ada", owner)
    #expect(try Directory.list(owner).map(\.isEmailVerified) == [true, false, false])
    #expect(try Directory.list(owner).map(\.email) == ["ada@example.org", nil, nil])
    try Directory.add(
      "mia", email: "ADA@example.org", role: .labeler, password: "twelve apples", owner)
    for name in ["eve", "mia", "zoe", "nobody"] {
      #expect(throws: Directory.Refusal.self) { try Directory.verify(name, owner) }
    }
  }

  @Test func impossibleChangesAreRefused() throws {
    let owner = site.owner()
    try Directory.add("ada", email: "a@example.org", role: .admin, password: "twelve apples", owner)
    #expect(throws: Directory.Refusal.self) {
      try Directory.add("ADA", email: nil, role: .admin, password: "twelve apples", owner)
    }
    #expect(throws: Directory.Refusal.self) {
      try Directory.add("bob", email: nil, role: .admin, password: "1234567", owner)
    }
    #expect(throws: Directory.Refusal.self) { try Directory.deactivate("bob", owner) }
    #expect(throws: Directory.Refusal.self) { try Directory.change("bob", to: .admin, owner) }
    #expect(throws: Directory.Refusal.self) {
      try Directory.setPassword("bob", "twelve apples", owner)
    }
    #expect(throws: Directory.Refusal.self) { try Directory.setPassword("ada", "1234567", owner) }
    #expect(try Directory.list(owner).map(\.username) == ["ada"])
  }
}
