internal import Postgres
internal import Site

/// Every SQL statement that looks for missing parts of the database; any role may run them.
enum SetupQueries {
  /// Whether any migration was applied.
  static func hasSchema(_ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select to_regclass('public.schema_migration') is not null") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Returns which of these roles the server does not have.
  static func missingRoles(
    _ names: [String], _ db: Connection
  ) throws(PostgresError) -> [String] {
    try db.all(
      """
      select name from unnest(\(names)::text[]) as wanted (name)
      where not exists (select from pg_roles where rolname = name)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Whether the role of this connection may make roles.
  static func mayMakeRoles(_ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select rolcreaterole or rolsuper from pg_roles where rolname = current_user") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Returns the name of the database and its owner.
  static func owner(_ db: Connection) throws(PostgresError) -> (database: String, role: String) {
    try db.one(
      """
      select datname::text, pg_get_userbyid(datdba)::text from pg_database
      where datname = current_database()
      """
    ) { row throws(PostgresError) in (try row.next(), try row.next()) }
  }

  /// Returns the number of our tables and functions that another role than this one owns.
  static func foreignObjects(
    than owner: String, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.one(
      """
      select (select count(*) from pg_class
          where relnamespace = 'public'::regnamespace and relkind = 'r'
            and pg_get_userbyid(relowner) <> \(owner))
        + (select count(*) from pg_proc
          where pronamespace = 'public'::regnamespace and pg_get_userbyid(proowner) <> \(owner))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the applied migrations' numbers; nil when the role may not read them.
  static func migrations(_ db: Connection) throws(PostgresError) -> [Int]? {
    let mayRead = try db.one(
      "select has_table_privilege(current_user, 'public.schema_migration', 'select')"
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    guard mayRead else { return nil }
    return try db.all("select number from schema_migration") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Returns the number of applied migrations and the edition of the functions; 0 for none.
  static func state(_ db: Connection) throws(PostgresError) -> (migrations: Int, edition: Int) {
    try db.one("select migrations, coalesce(edition, 0) from schema_state()") {
      row throws(PostgresError) in (try row.next(), try row.next())
    }
  }

  /// Returns which of these functions the database does not have.
  static func missingFunctions(
    _ names: [String], _ db: Connection
  ) throws(PostgresError) -> [String] {
    try db.all(
      """
      select name from unnest(\(names)::text[]) as wanted (name)
      where not exists (
        select from pg_proc
        where pronamespace = 'public'::regnamespace and proname = name)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns which of these functions a role may not call in any form.
  static func closedFunctions(
    _ names: [String], to role: String, _ db: Connection
  ) throws(PostgresError) -> [String] {
    try db.all(
      """
      select proname::text from pg_proc
      where pronamespace = 'public'::regnamespace and proname = any (\(names)::text[])
      group by proname having not bool_or(has_function_privilege(\(role), oid, 'execute'))
      order by proname
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns which of these tables a role may not read, not even in part.
  static func closedTables(
    _ names: [String], to role: String, _ db: Connection
  ) throws(PostgresError) -> [String] {
    try db.all(
      """
      select name from unnest(\(names)::text[]) as wanted (name)
      where to_regclass('public.' || name) is null
        or not has_any_column_privilege(\(role), to_regclass('public.' || name), 'select')
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
