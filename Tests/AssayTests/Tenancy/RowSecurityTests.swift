import Assay
import HTTP
import Postgres
import Site
import Support
import Testing

@Suite("Row level security")
struct RowSecurityTests {
  /// Insufficient privilege, which policies raise as well.
  private static let denied = "42501"

  @Test func everyTableKeepsTenantsApart() throws {
    try Tenants.use { tenants in
      let (one, other) = (tenants.one, tenants.other)
      let owner = tenants.site.owner()
      let (unscoped, inside, outside) = (
        try tenants.application(), try tenants.application(one.session),
        try tenants.application(other.session)
      )
      for table in try tenants.tables() {
        let all = try tenants.count(table, of: one, owner)
        #expect(all > 0, "no row of \(table.name) is made by this test's tenants: make one")
        #expect(try tenants.count(table, of: one, unscoped) == 0, "\(table.name) without a scope")
        #expect(try tenants.count(table, of: one, outside) == 0, "\(table.name) from outside")
        #expect(try tenants.count(table, of: one, inside) == all, "\(table.name) from inside")
      }
    }
  }

  @Test func everyTableRefusesRowsForAnotherTenant() throws {
    try Tenants.use { tenants in
      let (one, other) = (tenants.one, tenants.other)
      let (unscoped, inside, outside) = (
        try tenants.application(), try tenants.application(one.session),
        try tenants.application(other.session)
      )
      var writable = 0
      for table in try tenants.tables() {
        let owner = table.column == "account_id" ? one.account : one.organization
        // The other columns are null: PostgreSQL checks the policy before the not-null constraints.
        let insert: SQL =
          "insert into \(unsafeRaw: table.name) (\(unsafeRaw: table.column)) values (\(owner))"
        #expect(refusal(unscoped, insert) == Self.denied, "\(table.name) without a scope")
        #expect(refusal(outside, insert) == Self.denied, "\(table.name) from outside")
        if refusal(inside, insert) != Self.denied { writable += 1 }
      }
      #expect(writable >= 10, "the control: most tables take the tenant's own rows")
    }
  }

  @Test func everyTableHasItsPolicies() throws {
    try Tenants.use { tenants in
      let unprotected = try tenants.site.owner().all(
        """
        select c.relname::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and c.relname not in ('schema_migration', 'schema_function')
          and not (c.relrowsecurity and exists (
            select from pg_policy p where p.polrelid = c.oid))
        """
      ) { row throws(PostgresError) in try row.next(String.self) }
      #expect(unprotected == [])
    }
  }

  @Test func statementsDoNotReachForeignRows() throws {
    try Tenants.use { tenants in
      let (one, other) = (tenants.one, tenants.other)
      let outside = try tenants.application(other.session)
      let renamed = try outside.run(
        "update project set title = 'x' where organization_id = \(one.organization)")
      #expect(renamed == 0)
      let ended = try outside.run(
        "update session set ended_at = now() where account_id = \(one.account)")
      #expect(ended == 0)
      let titles = try tenants.site.owner().all("select distinct title from project") {
        row throws(PostgresError) in try row.next(String.self)
      }
      #expect(titles == ["Animals"])
      let joined = try outside.one(
        """
        select count(*) from project p join item i using (project_id) join blob b
          on b.sha256 = i.sha256
        where p.organization_id <> \(other.organization)
          or b.organization_id <> \(other.organization)
        """
      ) { row throws(PostgresError) in try row.next(Int.self) }
      #expect(joined == 0)
    }
  }

  @Test func administratorsSeeAllTenants() throws {
    try Tenants.use { tenants in
      let admin = try tenants.site.owner().first(
        "select session_id from session join account using (account_id) where role = 'admin' limit 1"
      ) { row throws(PostgresError) in try row.next(UUIDBytes.self) }
      let db = try tenants.application(admin)
      for tenant in [tenants.one, tenants.other] {
        #expect(try tenants.count(("project", "organization_id"), of: tenant, db) == 2)
      }
    }
  }

  @Test func theWorkerSeesAllWorkAndNoSecrets() throws {
    try Tenants.use { tenants in
      let db = tenants.site.connection(as: .worker)
      for tenant in [tenants.one, tenants.other] {
        for table in ["job", "job_chunk", "item", "blob", "item_check", "project"] {
          let seen = try tenants.count((table, "organization_id"), of: tenant, db)
          #expect(seen > 0, "\(table)")
        }
      }
      for table in ["session", "account", "membership"] {
        #expect(
          refusal(db, "select count(*) from \(unsafeRaw: table)") == Self.denied, "\(table)")
      }
      let one = tenants.one
      let admit: SQL =
        "select admit(\(one.session), \(one.account), 'customer', \(one.organization))"
      #expect(refusal(db, admit) == Self.denied)
      #expect(refusal(db, "select sign_in_candidates('x', '')") == Self.denied)
      #expect(refusal(db, "delete from item_check") == Self.denied)
    }
  }
}
