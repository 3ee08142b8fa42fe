import Assay
import Postgres
import Support
import Testing
import Web

@Suite("Noted heads of the audit log")
struct AuditHeadTests {
  private let site: TestSite
  private let folder: TemporaryDirectory
  private var file: String { folder.path + "/audit-heads" }
  init() throws {
    site = try TestSite()
    folder = try TemporaryDirectory()
    _ = try site.person(.admin, named: "root")
  }

  /// Changes an entry and rewrites all later ones, as the tables' owner can.
  private func rewrite(from number: Int, _ owner: Connection) throws {
    try owner.script(
      """
      alter table audit_entry disable trigger audit_entry_stays;
      update audit_entry set actor = 'eve' where number = \(number);
      do $$
      declare
        e audit_entry;
        before bytea := coalesce(
          (select hash from audit_entry where number = \(number) - 1), sha256('assay'));
      begin
        for e in select * from audit_entry where number >= \(number) order by number loop
          e.previous := before;
          before := audit_hash(e);
          update audit_entry set previous = e.previous, hash = before where number = e.number;
        end loop;
        update audit_head set hash = before;
      end $$;
      alter table audit_entry enable trigger audit_entry_stays
      """)
  }

  @Test func aRewrittenLogIsFound() throws {
    defer { folder.remove() }
    let owner = site.owner()
    #expect(try AuditHead.note(in: file, owner).number == 2)
    _ = try site.signIn("root")
    let second = try AuditHead.note(in: file, owner)
    // Noting the same head again changes nothing.
    #expect(try AuditHead.note(in: file, owner) == second)
    #expect(try AuditHead.noted(in: file).map(\.number) == [2, 3])
    _ = try site.signIn("root")
    let heads = try AuditHead.noted(in: file)
    #expect(try Audit.verify(owner, heads: heads) == .intact(count: 4))

    try rewrite(from: 3, owner)
    #expect(try Audit.verify(owner) == .intact(count: 4))
    #expect(try Audit.verify(owner, heads: heads) == .rewritten(number: 3))
    let refusal = #expect(throws: AuditHead.Refusal.self) {
      try AuditHead.note(in: file, owner)
    }
    #expect(
      refusal?.description == "entry 3 differs from its note: the log was rewritten")
    #expect(try AuditHead.noted(in: file) == heads)

    try rewrite(from: 1, owner)
    #expect(try Audit.verify(owner, heads: heads) == .rewritten(number: 2))
  }

  @Test func aFileWithoutHeadsIsRefused() throws {
    defer { folder.remove() }
    #expect(throws: AuditHead.Refusal.self) { try AuditHead.kept(in: file) }
    try Files.write(file, [])
    #expect(throws: AuditHead.Refusal.self) { try AuditHead.kept(in: file) }
    let head = try AuditHead.note(in: file, site.owner())
    #expect(try AuditHead.kept(in: file) == [head])
  }

  @Test func aTruncatedLogIsFound() throws {
    defer { folder.remove() }
    let owner = site.owner()
    _ = try AuditHead.note(in: file, owner)
    try owner.script(
      """
      alter table audit_entry disable trigger audit_entry_stays;
      delete from audit_entry where number = 2;
      update audit_head h set number = e.number, hash = e.hash from audit_entry e where e.number = 1
      """)
    #expect(try Audit.verify(owner) == .intact(count: 1))
    #expect(
      try Audit.verify(owner, heads: AuditHead.noted(in: file)) == .rewritten(number: 2))
  }

  @Test func malformedFilesAreRefused() throws {
    defer { folder.remove() }
    let hash = String(repeating: "ab", count: 32)
    #expect(try AuditHead.noted(in: file) == [])
    try folder.write("audit-heads", "7 \(hash)\n")
    #expect(try AuditHead.noted(in: file) == [AuditHead(number: 7, hash: hash)])
    for line in ["7", "7 ab", "0 \(hash)", "-1 \(hash)", "x \(hash)", "7  \(hash)", "7 \(hash) 8"] {
      try folder.write("audit-heads", "\(line)\n")
      #expect(throws: AuditHead.Refusal.self, "\(line)") { try AuditHead.noted(in: file) }
    }
    #expect(throws: AuditHead.Refusal.self) { try AuditHead.noted(in: folder.path) }
  }
}
