import Assay
import Postgres
import Support
import Testing

/// Migrations correct rows of earlier versions.
@Suite("Migrations of existing rows")
struct UpgradeTests {
  private static let migrations = Products.checkout + "/sql/migrations"

  /// A database in which the script's rows existed before `migration`, after all migrations.
  private func upgraded(from migration: String, _ script: String) throws -> Connection {
    let db = Connection(try TestServer.freshDatabase())
    let earlier = try TemporaryDirectory()
    defer { earlier.remove() }
    for name in try Files.names(in: Self.migrations).prefix(while: { !$0.hasSuffix(migration) }) {
      try Files.write("\(earlier.path)/\(name)", Files.bytes("\(Self.migrations)/\(name)"))
    }
    // A release in which functions had no files of their own.
    _ = try Migrator(directory: earlier.path, hash: DatabaseSchema.hash).migrate(db)
    try db.script(script)
    _ = try DatabaseSchema.migrate(db, directory: Self.migrations)
    return db
  }

  /// Two organizations, two accounts, a project and two tasks of it.
  private static let rows = """
    create function id(n int) returns uuid language sql as $$ select lpad(n::text, 32, '0')::uuid $$;
    insert into organization (organization_id, name) values (id(1), 'one'), (id(2), 'two');
    insert into account (account_id, username, password_hash, role)
    values (id(11), 'ada', '!', 'customer'), (id(12), 'lea', '!', 'labeler');
    insert into membership (organization_id, account_id, role) values (id(1), id(11), 'owner');
    insert into project (project_id, organization_id, title, description, created_by)
    values (id(21), id(1), 'Cats', '', id(11));
    insert into label_schema (schema_id, organization_id, project_id, version, keys)
    values (id(31), id(1), id(21), 1, '{cat}');
    insert into task (task_id, organization_id, project_id, schema_id, item_count, created_by)
    values (id(41), id(1), id(21), id(31), 1, id(11)), (id(42), id(1), id(21), id(31), 1, id(11));
    insert into assignment (
      assignment_id, task_id, organization_id, account_id, project_id, schema_id, project_title,
      item_count, state)
    values
      (id(51), id(41), id(1), id(12), id(21), id(31), 'Cats', 1, 'in_progress'),
      (id(52), id(42), id(1), id(12), id(21), id(31), 'Cats', 1, 'submitted'),
      (id(53), id(41), id(1), id(11), id(21), id(31), 'Cats', 1, 'assigned');
    insert into project_member (project_id, organization_id, account_id, role)
    values (id(21), id(1), id(11), 'labeler');
    """

  @Test func wrongRightsAreRemoved() throws {
    let db = try upgraded(
      from: "_grants.sql",
      Self.rows + """
        update account set organizations = array[id(1), id(2)], organization_id = id(2);
        """)
    let accounts = try db.all(
      "select organizations::text, organization_id::text from account order by username"
    ) { row throws(PostgresError) in
      "\(try row.next(String.self)) \(try row.next(String?.self) ?? "none")"
    }
    let one = "00000000-0000-0000-0000-000000000001"
    #expect(accounts == ["{\(one)} \(one)", "{} none"])
    #expect(throws: PostgresError.self) {
      try db.run("update account set organization_id = id(2) where username = 'ada'")
    }
  }

  @Test func tasksOfTheRemovedAreReleased() throws {
    let db = try upgraded(from: "_withdrawal.sql", Self.rows)
    let states = try db.all(
      """
      select state::text, withdrawn_at is not null from assignment order by assignment_id
      """
    ) { row throws(PostgresError) in
      "\(try row.next(String.self)) \(try row.next(Bool.self))"
    }
    #expect(states == ["released true", "submitted true", "assigned false"])
  }

  /// One person has answered an item in two tasks: that is one answer with three revisions.
  @Test func answersToOneItemBecomeRevisions() throws {
    let db = try upgraded(
      from: "_crowd.sql",
      Self.rows + """
        insert into blob (organization_id, sha256, size_bytes, mime, width, height)
        values (id(1), sha256('a'), 1, 'image/png', 1, 1);
        insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
        values (id(61), id(1), id(21), sha256('a'), 'a.png', id(11));
        insert into task_item (task_id, item_id, organization_id, position)
        values (id(41), id(61), id(1), 1), (id(42), id(61), id(1), 1);
        insert into annotation (
          annotation_id, organization_id, project_id, assignment_id, item_id, revision, labels)
        values
          (id(71), id(1), id(21), id(52), id(61), 1, '{cat}'),
          (id(72), id(1), id(21), id(51), id(61), 1, '{}'),
          (id(73), id(1), id(21), id(51), id(61), 2, '{cat}'),
          (id(74), id(1), id(21), id(53), id(61), 1, '{cat}');
        """)
    let answers = try db.all(
      """
      select a.username || ' ' || n.revision from annotation n join account a using (account_id)
      order by n.annotation_id
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
    #expect(answers == ["lea 1", "lea 2", "lea 3", "ada 1"])
  }
}
