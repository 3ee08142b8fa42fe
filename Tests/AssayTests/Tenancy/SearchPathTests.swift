import Assay
import Postgres
import Site
import Support
import Testing
import Web

@Suite("Search path of the owner's functions")
struct SearchPathTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func names(_ db: Connection, _ query: SQL) throws -> [String] {
    try db.all(query) { row throws(PostgresError) in try row.next() }
  }

  @Test func everyFunctionSetsItsSearchPath() throws {
    let owner = site.owner()
    // Functions with `return …` instead of a text: their names were bound at creation.
    #expect(
      try names(
        owner,
        """
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace
          and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)
          and (p.prosqlbody is null or p.prosecdef)
        """) == [])
    #expect(
      try names(
        owner,
        """
        select p.proname::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.prosqlbody is not null order by 1
        """) == ["audit_hash", "scope_account", "scope_organizations"])
  }

  @Test func ownersFunctionsNeedTheRightToCallThem() throws {
    #expect(
      try names(
        site.owner(),
        """
        select p.oid::regprocedure::text
        from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
        where p.pronamespace = 'public'::regnamespace and p.prosecdef and g.grantee = 0
          and p.prorettype <> 'trigger'::regtype
        """) == [])
  }

  @Test func onlyTheOwnerMakesObjects() throws {
    func rights() throws -> [String] {
      try names(
        site.owner(),
        """
        select r || ' ' || p from unnest(array['assay_app', 'assay_worker']) r,
          unnest(array['create', 'temporary']) p
        where has_database_privilege(r, current_database(), p)
        union all
        select r || ' ' || n.nspname from unnest(array['assay_app', 'assay_worker']) r, pg_namespace n
        where has_schema_privilege(r, n.oid, 'create')
        """)
    }
    #expect(try rights() == [])
    for role in [DatabaseRole.application, .worker] {
      #expect(refusal(site.connection(as: role), "create temporary table t (a int)") == "42501")
    }
    // A restored dump does not contain the rights of the database.
    try site.owner().script(
      """
      do $$ begin
        execute format('grant temporary on database %I to public', current_database());
      end $$
      """)
    #expect(try rights().count == 2)
    _ = try DatabaseSchema.migrate(site.owner(), directory: Products.checkout + "/sql/migrations")
    #expect(try rights() == [])
  }

  /// Types are also searched in pg_temp before pg_catalog, unless the search path names both.
  @Test func aCallersDomainDoesNotRunAsTheOwner() throws {
    _ = try site.person(.admin, named: "root")
    // The first protection is removed; the second must be enough.
    try site.owner().script(
      """
      do $$ begin
        execute format('grant temporary on database %I to assay_app', current_database());
      end $$
      """)
    let db = site.connection(as: .application)
    try db.script(
      """
      create function pg_temp.spy(value pg_catalog.text) returns boolean language plpgsql as $$
      begin
        perform set_config('spy.user', current_user, false);
        return true;
      end $$;
      create domain pg_temp.text as pg_catalog.text check (pg_temp.spy(value));
      create domain pg_temp.uuid as pg_catalog.uuid check (pg_temp.spy(value::pg_catalog.text))
      """)
    let account = try db.one(
      "select account_id from sign_in_candidates('root', '192.0.2.1')"
    ) { row throws(PostgresError) in try row.next(UUIDBytes.self) }
    try db.run("select admit_account(\(account), 'admin', null)")
    let seen = try db.one("select current_setting('spy.user', true)") {
      row throws(PostgresError) in try row.next(String?.self)
    }
    #expect(seen == nil)
  }
}
