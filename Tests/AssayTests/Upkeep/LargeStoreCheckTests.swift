import Assay
import Postgres
import Support
import Testing
import Vocabulary

@Suite("assay fsck on a site of thousands of organizations")
struct LargeStoreCheckTests {
  private let shelf: Shelf

  /// One organization holds all items, the same 60 pictures in 600 projects; the others are empty.
  init() throws {
    shelf = try Shelf()
    let pictures = (1...60).map { (name: "\($0).png", bytes: Pictures.png(seed: UInt64($0))) }
    _ = try shelf.site.upload(pictures, to: shelf.request, by: shelf.customer)
    var settings = ConnectionSettings()
    settings.statementTimeoutMilliseconds = 60_000
    try Connection(shelf.site.database, settings: settings).script(
      """
      begin;
      set local session_replication_role = replica;
      insert into organization (organization_id, name)
      select uuid_v7(), 'Organization' from generate_series(1, 5323);
      create temp table filled as
      select uuid_v7() as project_id, organization_id, created_by
      from project, generate_series(1, 599);
      insert into project (project_id, organization_id, title, description, created_by)
      select project_id, organization_id, 'Project', '', created_by from filled;
      insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
      select uuid_v7(), f.organization_id, f.project_id, b.sha256, 'a.png', f.created_by
      from filled f join blob b using (organization_id);
      update organization set used_items = 36000 where used_items > 0;
      commit;
      analyze;
      """)
  }

  @Test func fsckFindsTheTwoWrongCounters() throws {
    #expect(try shelf.findings() == [])
    try shelf.owner.run(
      """
      update organization set used_items = used_items + 1 where organization_id in (
        (select organization_id from organization order by organization_id limit 1),
        (select organization_id from organization order by organization_id desc limit 1))
      """)
    let findings = try shelf.findings(repairs: true)
    #expect(findings.count == 2)
    #expect(findings.allSatisfy { $0.hasPrefix("counter ") })
    #expect(try shelf.findings() == [])
  }
}
