import Testing

/// The functions of the database are in `sql/functions`, one file each.
@Suite struct FunctionTests {
  private static let files = Checkout.paths.filter {
    $0.hasPrefix("sql/functions/") && $0.hasSuffix(".sql")
  }.map { SQLFile(path: $0, String(decoding: Checkout.bytes(of: $0), as: UTF8.self)) }

  @Test func eachFileHoldsOneFunctionAndItsRights() {
    #expect(Self.files.count > 90)
    #expect(Self.files.flatMap(Self.faults) == [])
  }

  @Test func noNewMigrationDefinesAFunction() {
    let migrations = Checkout.paths.filter { $0.hasPrefix("sql/migrations/") }
    // Later functions are new: the first of them came together with sql/functions.
    let last = migrations.firstIndex { $0.hasSuffix("_statistics.sql") }
    #expect(last != nil)
    let new = migrations.suffix(from: (last ?? 0) + 1).map {
      SQLFile(path: $0, String(decoding: Checkout.bytes(of: $0), as: UTF8.self))
    }
    #expect(!new.isEmpty)
    #expect(new.filter(Self.definesAFunction).map(\.path) == [])
  }

  @Test(arguments: [
    "create function f() returns int return 1;",
    "create table a (x int);\nCREATE OR REPLACE\n  FUNCTION f() returns int return 1;",
    "create procedure p() language sql as $$ select 1 $$;",
    "do $$ begin execute 'create or replace function f() returns int return 1'; end $$;",
  ])
  func aDefinitionInAMigrationIsFound(text: String) {
    #expect(Self.definesAFunction(SQLFile(path: "sql/migrations/0099_x.sql", text)))
  }

  @Test(arguments: [
    "-- Once create function f stood here.\ndrop function f();",
    "create trigger t after insert on a for each row execute function f();",
  ])
  func otherStatementsMayNameFunctions(text: String) {
    #expect(!Self.definesAFunction(SQLFile(path: "sql/migrations/0099_x.sql", text)))
  }

  private static let sound = """
    -- Deletes what is old.
    create or replace function public.sweep(days integer) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
      delete from public.a where x < now() - $1 * interval '1 day';
    $$;
    revoke execute on function public.sweep(integer) from public, assay_app, assay_worker;
    grant execute on function public.sweep(integer) to assay_worker;

    """

  @Test func aSoundFileHasNoFaults() {
    #expect(Self.faults(SQLFile(path: "sql/functions/sweep.sql", Self.sound)) == [])
  }

  @Test(arguments: [
    ("-- Deletes what is old.\n", ""),
    ("-- Deletes what is old.", "-- What is old is deleted."),
    ("-- Deletes what is old.", "-- Deletes what is old"),
    (" set search_path = pg_catalog, pg_temp", ""),
    (" set search_path = pg_catalog, pg_temp", " set search_path = public"),
    ("create or replace", "create"),
    ("function public.sweep(days", "function sweep(days"),
    ("function public.sweep(days", "function public.other(days"),
    (
      "revoke execute on function public.sweep(integer) from public, assay_app, assay_worker;\n", ""
    ),
    ("from public, assay_app, assay_worker", "from public"),
    ("grant execute on function public.sweep(integer)", "grant execute on function public.sweep"),
    ("grant execute on function public.sweep(integer) to assay_worker;", "commit;"),
    ("grant execute on function public.sweep(integer) to assay_worker;", "create table a (x int);"),
  ])
  func everyFaultIsFound(part: String, by other: String) {
    let text = Self.sound.replacing(part, with: other)
    #expect(text != Self.sound)
    #expect(!Self.faults(SQLFile(path: "sql/functions/sweep.sql", text)).isEmpty)
  }

  /// Functions with numbers that are formats, not limits.
  private static let formats: Set<Substring> = ["sign_in_address", "uuid_v7"]

  /// Functions with numbers that change what they cost, not what is allowed.
  private static let samples: Set<Substring> = ["bundle_pool", "claim_in", "claim_next"]

  @Test func limitsComeFromTables() {
    let files = Self.files.filter { !Self.formats.union(Self.samples).contains($0.name) }
    #expect(files.filter { Self.hasLimit($0.bodies) }.map(\.path) == [])
  }

  @Test(arguments: [
    "limit 250", "offset 16)", "throttle_take(b, 10, 60)", "wait > 0.6", "- interval '90 days'",
    "now() + interval\n '5 minutes'",
  ])
  func aLimitIsFound(body: String) { #expect(Self.hasLimit(body)) }

  @Test(arguments: [
    "limit 1", "offset 0", "$5, $16", "errcode = 'AS401'", "now() - interval '1 day'", "x2 + 1",
  ])
  func otherNumbersAreAllowed(body: String) { #expect(!Self.hasLimit(body)) }

  private static func hasLimit(_ body: String) -> Bool {
    let code = body.split(separator: "'", omittingEmptySubsequences: false)
    return code.indices.contains { place in
      if place.isMultiple(of: 2) {
        return String(code[place]).replacing(/\$\d+/, with: "").words
          .contains { Int($0).map { $0 > 2 } ?? false }
      }
      let before = String(code[place - 1]).words.last
      return before == "interval" && !code[place].hasPrefix("1 ")
    }
  }

  private static func definesAFunction(_ file: SQLFile) -> Bool {
    let words = file.code.lowercased().words
    return words.indices.contains { place in
      guard words[place] == "create" else { return false }
      let rest = words[(place + 1)...]
      let kind = rest.starts(with: ["or", "replace"]) ? rest.dropFirst(2).first : rest.first
      return kind == "function" || kind == "procedure"
    }
  }

  /// The rules of `sql/README.md` that a file breaks.
  private static func faults(_ file: SQLFile) -> [String] {
    let name = "public.\(file.name)("
    var faults: [String] = []
    if !isSentence(file.comment) { faults.append("begins with no sentence") }
    let functions = file.statements.filter { $0.hasPrefix("create or replace function \(name)") }
    if functions.isEmpty { faults.append("does not define \(file.name)") }
    for statement in file.statements where !functions.contains(statement) {
      let isKnown = [
        "create or replace trigger ", "revoke execute on function \(name)",
        "grant execute on function \(name)",
      ].contains { statement.hasPrefix($0) }
      if !isKnown { faults.append("contains \(statement)") }
    }
    for function in functions where !hasSearchPath(function) {
      faults.append("sets no search path")
    }
    let secured = functions.filter {
      $0.contains(" security definer ") && !$0.contains(" returns trigger ")
    }
    let revoked = file.statements.filter {
      $0.hasPrefix("revoke ") && $0.hasSuffix(" from public, assay_app, assay_worker")
    }
    if revoked.count < secured.count { faults.append("can be called by everybody") }
    return faults.map { "\(file.path) \($0)" }
  }

  private static func isSentence(_ text: String) -> Bool {
    let riddles = ["What ", "Who ", "Whose ", "How ", "Whatever ", "Whoever "]
    return text.first?.isUppercase == true && text.hasSuffix(".")
      && !riddles.contains { text.hasPrefix($0) }
  }

  /// Whether it has a search path; a function without a text as its body needs none.
  private static func hasSearchPath(_ function: String) -> Bool {
    function.contains("$$")
      ? function.contains(" set search_path = pg_catalog, pg_temp as $$")
      : !function.contains(" security definer ")
  }
}

/// A file of SQL.
private struct SQLFile {
  let path: String
  /// The comment that the file begins with, in one line.
  let comment: String
  /// Everything but comments.
  let code: String
  /// The bodies of its functions.
  let bodies: String
  /// Each statement in one line, a function's body as `$$ … $$`.
  let statements: [String]

  /// `sweep`, of `sql/functions/sweep.sql`.
  var name: Substring { path.split(separator: "/").last?.prefix { $0 != "." } ?? "" }

  init(path: String, _ text: String) {
    self.path = path
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    comment = lines.prefix { $0.hasPrefix("--") }.map { $0.drop { "- ".contains($0) } }
      .joined(separator: " ")
    code = lines.map { line in
      line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line
    }.joined(separator: "\n")
    // Every second part is a body.
    let parts = code.split(separator: "$$", omittingEmptySubsequences: false).enumerated()
    bodies = parts.filter { !$0.offset.isMultiple(of: 2) }.map(\.element).joined(separator: "\n")
    let outside = parts.map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }
      .joined(separator: "$$")
    statements = outside.split(separator: ";").map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
  }
}
