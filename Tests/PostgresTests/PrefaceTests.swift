import Postgres
import Support
import Testing

@Suite struct PrefaceTests {
  let database: String
  let db: Connection
  let other: Connection

  init() throws {
    database = try TestServer.freshDatabase()
    db = Connection(database)
    other = Connection(database)
    try other.script(
      """
      create table t (x int primary key);
      create sequence sent;
      create function admit(who text) returns bigint language plpgsql as $$
      begin
        if who = 'nobody' then raise exception 'who?' using errcode = 'AS401'; end if;
        perform set_config('test.who', who, false);
        return nextval('sent');
      end $$
      """)
  }

  private func who() throws -> String { try db.value("select current_setting('test.who', true)") }
  /// The number of runs of the preface.
  private func count() throws -> Int {
    try other.value("select case when is_called then last_value else 0 end from sent")
  }

  @Test func thePrefaceRunsOnceBeforeTheFirstStatement() throws {
    db.preface = "select admit(\("ann"))"
    #expect(try count() == 0)
    #expect(try who() == "ann")
    #expect(try who() == "ann")
    #expect(try count() == 1)
    db.preface = "select admit(\("bob"))"
    #expect(try who() == "bob")
    db.preface = nil
    #expect(try who() == "bob")
    #expect(try count() == 2)
  }

  @Test func aFailedPrefacePreventsTheStatement() throws {
    db.preface = "select admit(\("ann"))"
    #expect(try who() == "ann")
    db.preface = "select admit(\("nobody"))"
    for _ in 1...2 {
      #expect(refusal { try db.run("insert into t values (1)") } == "AS401")
      #expect(
        refusal { try db.transaction { db in _ = try db.run("insert into t values (1)") } }
          == "AS401")
      #expect(refusal { try db.script("insert into t values (1)") } == "AS401")
      #expect(refusal { try db.each("insert into t values (1) returning x") { _ in } } == "AS401")
      #expect(refusal { try db.runPreface() } == "AS401")
    }
    #expect(try other.value("select count(*) from t") == 0)
  }

  @Test func thePrefaceRunsAgainAfterAFailedStatement() throws {
    db.preface = "select admit(\("ann"))"
    #expect(refusal { try db.run("select 1 / (select 0)") } == "22012")
    #expect(try who() == "ann")
    #expect(try who() == "ann")
    // A sequence is not rolled back, so the first attempt counts.
    #expect(try count() == 2)
  }

  @Test func thePrefaceRunsAgainAfterARollback() throws {
    db.preface = "select admit(\("ann"))"
    #expect(try who() == "ann")
    db.preface = "select admit(\("bob"))"
    #expect(throws: Halt.self) {
      try db.transaction { db in
        try db.run("insert into t values (1)")
        throw Halt()
      }
    }
    // The server has rolled the setting back.
    #expect(try who() == "bob")
    try db.transaction { db in try db.run("insert into t values (2)") }
    #expect(try who() == "bob")
    #expect(try count() == 3)
    #expect(try other.value("select count(*) from t") == 1)
  }

  @Test func aCommittedPrefaceStaysInEffect() throws {
    db.preface = "select admit(\("ann"))"
    try db.transaction { db in try db.run("insert into t values (1)") }
    #expect(try who() == "ann")
    #expect(try count() == 1)
  }

  @Test func thePrefaceRunsAgainOnANewConnection() throws {
    db.preface = "select admit(\("ann"))"
    #expect(try who() == "ann")
    db.close()
    #expect(try who() == "ann")
    #expect(try count() == 2)
    let backend: Int = try db.value("select pg_backend_pid()")
    let isGone: Bool = try other.value("select pg_terminate_backend(\(backend), 5000)")
    #expect(isGone)
    #expect(try who() == "ann")
  }

  @Test func thePrefaceRunsAloneBeforeScriptsAndStreams() throws {
    db.preface = "select admit(\("ann"))"
    try db.script("insert into t values (1); select set_config('test.seen', 'x', false)")
    #expect(try who() == "ann")
    db.preface = "select admit(\("bob"))"
    var seen: [String] = []
    try db.each("select current_setting('test.who')") { seen.append(try $0.next()) }
    #expect(seen == ["bob"])
    db.preface = "select admit(\("cat"))"
    try db.runPreface()
    try db.runPreface()
    #expect(try count() == 3)
  }

  @Test func aStalePlanOfEitherIsReplaced() throws {
    db.preface = "select admit(\("ann"))"
    #expect(try who() == "ann")
    try db.script("deallocate all")
    db.preface = "select admit(\("bob"))"
    #expect(try who() == "bob")
    try other.script(
      """
      drop function admit;
      create function admit(who text) returns text language sql as $$
        select set_config('test.who', who || nextval('sent'), false)
      $$
      """)
    db.preface = "select admit(\("cat"))"
    #expect(try who().hasPrefix("cat"))
  }

  private struct Halt: Error {}

  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
    } catch PostgresError.refused(let sqlstate, _) {
      return sqlstate
    } catch {
      return "\(error)"
    }
    return nil
  }
}
