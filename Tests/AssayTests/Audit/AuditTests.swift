import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("GET /admin/audit")
struct AuditTests {
  private let site: TestSite
  private let admin: Person
  init() throws {
    site = try TestSite()
    admin = try site.person(.admin, named: "root-of-all")
  }

  private func entries(_ query: String = "") throws -> [JSON] {
    try site.send("GET", "/admin/audit\(query)", as: admin).json.elements
  }

  private func actions() throws -> [String] { try entries().map { try $0["action"].string } }

  @Test func entriesNameTheAccountAndTheAction() throws {
    let ada = try site.person(.labeler, named: "ada")
    let wrong = try site.send(
      "POST", "/auth/login", json: #"{"username": "ada", "password": "my secret"}"#,
      headers: ["REMOTE_ADDR": "192.0.2.7"])
    #expect(wrong.status == 401)
    _ = try site.send(
      "POST", "/auth/login", json: #"{"username": "my secret", "password": "x"}"#)
    let id = try site.send("GET", "/auth/me", as: ada).json["id"].string
    let promoted = try site.send(
      "PUT", "/admin/users/\(id)", as: admin, json: #"{"role": "reviewer"}"#)
    #expect(promoted.status == 200)
    #expect(try site.send("GET", "/admin/users", as: ada).status == 403)
    _ = try site.send("POST", "/auth/logout", as: ada)
    let found = try entries()
    #expect(
      try actions() == [
        "sign-out", "refused", "account.role", "sign-in.refused", "sign-in.refused", "sign-in",
        "account.created", "sign-in", "account.created",
      ])
    #expect(try found[1]["object"].string == "GET /admin/users")
    #expect(try found[1]["actor"].string == "ada")
    #expect(try found[2]["actor"].string == "root-of-all")
    #expect(try found[2]["object"].string == id)
    #expect(try found[2]["facts"]["role"].string == "reviewer")
    #expect(try found[3]["actor"] == .null)
    #expect(try found[4]["actor"].string == "ada")
    #expect(try found[4]["address"].string == "192.0.2.7")
    #expect(try found[8]["actor"].string == "command line")
    #expect(!(try site.send("GET", "/admin/audit", as: admin).text.contains("secret")))
    #expect(try Audit.verify(site.owner()) == .intact(count: 9))
  }

  @Test func theLogIsPagedAndNeedsTheAdminRole() throws {
    for _ in 1...4 { _ = try site.signIn("root-of-all") }
    let first = try site.send("GET", "/admin/audit?limit=2", as: admin)
    #expect(try first.json.elements.map { try $0["number"].int } == [6, 5])
    #expect(first.headers["Link"] == #"</admin/audit?limit=2&after=5>; rel="next""#)
    #expect(try entries("?after=3").map { try $0["number"].int } == [2, 1])
    #expect(try site.send("GET", "/admin/audit?after=x", as: admin).status == 400)
    try expectGuarded(site, "GET", "/admin/audit", against: site.person(.customer))
  }

  @Test func verifyFindsTheFirstChangedEntry() throws {
    for _ in 1...5 { _ = try site.signIn("root-of-all") }
    let owner = site.owner()
    #expect(try Audit.verify(owner) == .intact(count: 7))
    #expect(throws: PostgresError.self) { try owner.run("delete from audit_entry") }
    #expect(throws: PostgresError.self) { try owner.run("update audit_entry set actor = 'eve'") }
    #expect(throws: PostgresError.self) { try owner.script("truncate audit_entry") }
    try owner.run("alter table audit_entry disable trigger audit_entry_stays")
    for (tampering, broken) in [
      ("update audit_entry set actor = 'eve' where number = 5", 5),
      ("update audit_entry set facts = '{\"role\": \"labeler\"}' where number = 2", 2),
      ("update audit_entry set at = at + interval '1 microsecond' where number = 7", 7),
      ("delete from audit_entry where number = 4", 5),
      ("delete from audit_entry where number = 1", 2),
      ("delete from audit_entry where number = 7", 7),
      ("delete from audit_entry where number >= 6", 6),
      ("update audit_entry set hash = audit_hash(audit_entry), actor = 'x' where number = 3", 3),
      // A changed entry can be hashed again, but the next one names the old hash.
      (
        """
        update audit_entry set actor = 'eve' where number = 3;
        update audit_entry set hash = audit_hash(audit_entry) where number = 3
        """, 4
      ),
      (
        """
        update audit_entry set actor = 'eve' where number = 7;
        update audit_entry set hash = audit_hash(audit_entry) where number = 7
        """, 7
      ),
      (
        """
        insert into audit_entry select 8, at, organization_id, account_id, actor, action, object,
          address, request_id, facts, previous, hash from audit_entry where number = 7
        """, 8
      ),
    ] {
      struct Undo: Error {}
      #expect(throws: Undo.self, "\(tampering)") {
        try owner.transaction { db in
          try db.script(tampering)
          #expect(try Audit.verify(db) == .broken(number: broken), "\(tampering)")
          throw Undo()
        }
      }
    }
    #expect(try Audit.verify(owner) == .intact(count: 7))
  }

  /// Nothing is done that would be missing from the log after a crash.
  @Test func anActionThatCannotBeRecordedFails() throws {
    let work = try Commission(site, pictures: 1)
    let spare = try site.request(by: work.customer)
    let file = try #require(
      try site.upload([(name: "a.png", bytes: Pictures.png(seed: 9))], to: spare, by: work.customer)
        .first)
    let labeler = work.labeler.username
    let assignment = #"{"request_id": "\#(spare)", "labeler_username": "\#(labeler)"}"#
    let owner = site.owner()
    func tasks() throws -> Int {
      try site.send("GET", "/admin/tasks", as: admin).json.elements.count
    }
    try owner.run("revoke execute on function audit from assay_app")
    #expect(
      try site.send("POST", "/admin/assign", as: admin, json: assignment).status == 503)
    #expect(try site.send("DELETE", "/api/files/\(file)", as: work.customer).status == 503)
    #expect(try tasks() == 1)
    #expect(try site.send("GET", "/api/files/\(file)/download", as: work.customer).status == 200)
    try owner.run("grant execute on function audit to assay_app")
    let before = try entries().count
    // A request that fails adds no entry.
    let taken = "/api/files/\(work.images[0])"
    #expect(try site.send("DELETE", taken, as: work.customer).status == 409)
    #expect(try entries().count == before)
    #expect(try site.send("DELETE", "/api/files/\(file)", as: work.customer).status == 200)
    let empty = try site.send("POST", "/admin/assign", as: admin, json: assignment)
    #expect(empty.status == 400)
    let after = try entries()
    try #require(after.count == before + 1)
    #expect(try after[0]["action"].string == "files.delete")
    #expect(try after[0]["object"].string == file)
  }

  @Test func concurrentEntriesFormOneChain() throws {
    _ = try site.race(4) { client, _ in
      for _ in 1...5 {
        _ = try client.send(
          "POST", "/auth/login",
          json: #"{"username": "root-of-all", "password": "\#(TestSite.password)"}"#)
      }
    }
    #expect(try Audit.verify(site.owner()) == .intact(count: 22))
  }
}
