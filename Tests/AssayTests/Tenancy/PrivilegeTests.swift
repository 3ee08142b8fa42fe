import Assay
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

@Suite("Rights of the application's role")
struct PrivilegeTests {
  private static let denied = "42501"

  /// Expects that the application, signed in as a tenant, is refused.
  private func expectDenied(
    _ statements: [String], _ location: SourceLocation = #_sourceLocation
  ) throws {
    try Tenants.use { tenants in
      let db = try tenants.application(tenants.one.session)
      for statement in statements {
        #expect(
          refusal(db, "\(unsafeRaw: statement)") == Self.denied, "\(statement)",
          sourceLocation: location)
      }
    }
  }

  @Test func annotationsCannotBeOverwritten() throws {
    try expectDenied([
      "update annotation set labels = '{dog}'", "delete from annotation", "truncate annotation",
      "delete from project", "delete from item", "delete from assignment", "delete from task",
      "update item set sha256 = sha256", "update item set created_by = created_by",
      "update blob set fault = 'x'", "update blob set damaged_at = null", "delete from blob",
      "delete from released_blob", "update label_class set name = 'x'",
      "update label_schema set version = 9", "update project set organization_id = organization_id",
      "update item_check set flags = '{}'",
      "insert into item_check (item_id) values (gen_random_uuid())",
    ])
  }

  /// The number shows that a picture was compared, so uploads must not choose it.
  @Test func fingerprintsCannotBeNumberedOrChanged() throws {
    try expectDenied([
      """
      insert into likeness (organization_id, sha256, whole, windows, luma, number)
      select organization_id, sha256, sha256, sha256, sha256, 1 from blob
      """,
      "insert into likeness (is_banded) values (true)", "update likeness set whole = whole",
      "delete from likeness",
    ])
  }

  @Test func duplicatesAreSettledWithinTheOrganization() throws {
    try Tenants.use { tenants in
      let organization = tenants.one.organization
      let settle: SQL = "select settle_duplicates(\(organization), '{}', 0.5)"
      let (unscoped, outside, inside) = (
        try tenants.application(), try tenants.application(tenants.other.session),
        try tenants.application(tenants.one.session)
      )
      #expect(refusal(unscoped, settle) == Self.denied)
      #expect(refusal(outside, settle) == Self.denied)
      #expect(refusal(inside, settle) == nil)
    }
  }

  /// Handlers check the caller first, so only a direct call shows the functions' own checks.
  @Test func functionsCheckTheirCaller() throws {
    try Tenants.use { tenants in
      let (one, other) = (tenants.one, tenants.other)
      let (mine, theirs) = (one.account, other.account)
      let db = try tenants.application(one.session)
      for call in [
        "make_reset(\(theirs), 'x', now() + interval '1 hour')",
        "make_reset(\(mine), 'x', now() + interval '1 hour')",
        "set_password(\(theirs), 'x', null)",
        "add_account(gen_random_uuid(), 'eve', null, null, 'x', 'labeler')",
        "change_account(\(theirs), 'eve', null, null, null, null)",
        "change_account(\(mine), null, null, null, null, 'admin')",
        "change_account(\(mine), null, null, null, true, null)",
        "delete_account(\(theirs))",
        "add_member(\(other.organization), \(mine), 'member')",
        "change_member(\(other.organization), \(theirs), 'member')",
        "remove_member(\(other.organization), \(theirs))",
      ] as [SQL] {
        #expect(refusal(db, "begin") == nil)
        #expect(refusal(db, "select \(call)") == Self.denied, "\(call.text)")
        #expect(refusal(db, "rollback") == nil)
      }
      // Control: an administrator may call them.
      let admin = try tenants.site.owner().one(
        "select session_id from session join account using (account_id) where role = 'admin' limit 1"
      ) { row throws(PostgresError) in try row.next(UUIDBytes.self) }
      let runner = try tenants.application(admin)
      #expect(refusal(runner, "begin") == nil)
      #expect(
        refusal(runner, "select make_reset(\(theirs), 'x', now() + interval '1 hour')") == nil)
      #expect(refusal(runner, "rollback") == nil)
    }
  }

  @Test func secretsCannotBeRead() throws {
    try expectDenied([
      "select password_hash from account", "select * from account",
      "select count(password_hash) from account", "select refresh_hash from session",
      "select * from session", "select rolpassword from pg_authid",
      "update account set password_hash = 'x'", "update account set role = 'admin'",
      "update account set is_active = true", "update session set account_id = account_id",
      "update session set expires_at = now()", "select replaced_hashes from session",
      "update session set replaced_hashes = '{}', replaced_at = '{}'",
      "update session set device = 'x'",
      "select note_forged_refresh(gen_random_uuid(), null, null)",
    ])
  }

  @Test func accountsAndSessionsAreWrittenByFunctionsOnly() throws {
    try expectDenied([
      """
      insert into account (account_id, username, password_hash, role)
      values (gen_random_uuid(), 'eve', 'x', 'admin')
      """,
      """
      insert into session (session_id, account_id, refresh_hash, expires_at)
      select gen_random_uuid(), account_id, 'x', now() from account
      """,
      "insert into organization (organization_id, name) values (gen_random_uuid(), 'x')",
      "insert into membership select organization_id, account_id, 'owner' from membership",
      "delete from session", "delete from account",
    ])
  }

  @Test func signUpCannotCreateAdmins() throws {
    try Tenants.use { tenants in
      let site = tenants.site
      for role in Role.allCases {
        let signUp: SQL = """
          select sign_up(
            gen_random_uuid(), \("new-\(role.rawValue)"), null, 'hash', \(role)::account_role, null)
          """
        let isFree = role == .customer || role == .labeler
        #expect(refusal(site.connection(as: .worker), signUp) == Self.denied)
        #expect(refusal(site.connection(as: .application), signUp) == (isFree ? nil : Self.denied))
        if !isFree { #expect(refusal(site.owner(), signUp) == nil) }
      }
    }
  }

  @Test func rowSecurityCannotBeDisabled() throws {
    try expectDenied([
      "alter table project disable row level security", "drop policy tenant on project",
      "create policy mine on project using (true)", "alter table project owner to assay_app",
      "set role postgres", "set session authorization postgres", "drop table project",
      "alter role assay_app bypassrls", "alter role assay_app superuser",
      "grant select on account to assay_app", "create table public.mine (a int)",
      "create or replace function scope_account() returns uuid language sql as 'select null'",
      "select pg_read_file('/etc/passwd')", "copy project to '/tmp/x'",
      "create extension dblink", "delete from schema_migration", "select * from schema_migration",
      "update schema_function set hash = ''", "select * from schema_function",
      "drop function admit", "select protect('project')", "create temporary table t (a int)",
      "create function pg_temp.f() returns int language sql as 'select 1'",
      "create schema mine", "select close_database()",
    ])
    try Tenants.use { tenants in
      let db = try tenants.application(tenants.one.session)
      try db.run("set row_security = off")
      #expect(refusal(db, "select count(*) from project") == Self.denied)
    }
  }

  @Test func aSearchPathDoesNotRedirectFunctions() throws {
    try Tenants.use { tenants in
      let grant = "grant temporary on database %I to assay_app"
      try tenants.site.owner().script(
        "do $$ begin execute format('\(grant)', current_database()); end $$")
      defer { try? DatabaseSchema.close(tenants.site.owner()) }
      let db = tenants.site.connection(as: .application)
      try db.run("create temporary table account (account_id uuid, is_active boolean)")
      try db.run("create temporary table session (session_id uuid, account_id uuid)")
      try db.run("set search_path = pg_temp, public")
      let one = tenants.one
      try db.run(
        "select public.admit(\(one.session), \(one.account), 'customer', \(one.organization))")
      let account = try db.one("select current_setting('assay.account')") {
        row throws(PostgresError) in try row.next(String.self)
      }
      #expect(account == one.account.description)
    }
  }
}
