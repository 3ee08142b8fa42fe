import Assay
import HTTP
import Postgres
import Site
import Support
import Synchronization

/// An organization with rows in every table, and a session of its owner.
struct Tenant {
  let organization: UUIDBytes
  let account: UUIDBytes
  let session: UUIDBytes
}

/// A site with two organizations that have rows in all tables; whole suites share it.
final class Tenants {
  let site: TestSite
  let one: Tenant
  let other: Tenant

  private static let shared = Mutex(Result { try Tenants() })

  /// Gives the site to one test at a time.
  static func use(_ body: (borrowing Tenants) throws -> Void) throws {
    try shared.withLock { try body($0.get()) }
  }

  private init() throws {
    site = try TestSite()
    one = try Self.tenant(on: site)
    other = try Self.tenant(on: site)
  }

  private static func tenant(on site: TestSite) throws -> Tenant {
    let work = try Commission(site, pictures: 2)
    let me = try site.send("GET", "/api/auth/me", as: work.customer).json
    let home = try me["organization_id"].string
    try work.save(["cat"], of: work.images[0], site.client)
    let reported = try site.send(
      "POST", "/tasks/report", as: work.labeler,
      json: #"{"task_id": "\#(work.task)", "reason": "Blurred"}"#)
    guard reported.status == 200 else { throw Missing(description: reported.text) }
    for (path, json) in [
      ("/api/organizations/\(home)/invitations", #"{"email": "somebody@example.org"}"#),
      ("/requests/\(work.request)/qc/run", nil),
      (
        "/uploads/presign",
        """
        {"request_id": "\(work.request)",
         "files": [{"filename": "a.png", "content_type": "image/png"}]}
        """
      ),
    ] {
      let answer = try site.send("POST", path, as: work.customer, json: json)
      guard (200...201).contains(answer.status) else { throw Missing(description: answer.text) }
    }
    try site.work()
    try site.owner().run(
      """
      insert into resemblance (
        organization_id, first, second, score, distance, correlation, detail, orientation,
        first_part, second_part)
      select a.organization_id, a.sha256, b.sha256, 0.5, 70, 0.5, 0.5, 1, '{0,0,1,1}', '{0,0,1,1}'
      from likeness a
      join likeness b on b.organization_id = a.organization_id and b.sha256 > a.sha256
      where a.organization_id = \(home)::uuid
      on conflict do nothing
      """)
    try site.owner().run(
      """
      insert into likeness_band (organization_id, band, number)
      select organization_id, 0, number from likeness
      where organization_id = \(home)::uuid and number is not null
      """)
    try deleteAFile(of: work, on: site)
    try answerACrowdRequest(of: work, on: site)
    return try site.owner().one(
      """
      select m.organization_id, a.account_id, s.session_id
      from account a join membership m using (account_id) join session s using (account_id)
      where a.username = \(work.customer.username)
      """
    ) { row throws(PostgresError) in
      try Tenant(organization: row.next(), account: row.next(), session: row.next())
    }
  }

  /// Opens a request of the customer, and lets the labeler answer it.
  private static func answerACrowdRequest(of work: Commission, on site: TestSite) throws {
    let opened = try OpenedRequest(
      site, pictures: 1, settings: #"{"labels_per_item": 1}"#, by: work.customer)
    _ = try opened.submit(opened.claim(work.labeler), as: work.labeler)
    guard try opened.slots() == ["resolved 1 0 of 1"] else {
      throw Missing(description: "the picture is not resolved")
    }
    _ = try opened.decide(opened.images[at: 0], #"{"label": "cat", "reason": "clear"}"#)
    try opened.addPictures(1)
    let last = try opened.words(
      "select max(item_id::text) from item where project_id = \(opened.request)::uuid")
    try opened.makeGold(last, "cat")
    // A fit and a bar need many answers, so that their rows are made here.
    try site.owner().run(
      """
      insert into consensus_fit
      select project_id, organization_id, 4, 0, now(), 0 from pool
      where project_id = \(opened.request)::uuid
      """)
    try site.owner().run(
      """
      insert into consensus_model
      select project_id, '', organization_id, 'one-coin', '{cat,""}', '{0.5,0.5}', '{0.8}' from pool
      where project_id = \(opened.request)::uuid
      """)
    try site.owner().run(
      """
      insert into labeler_skill
      select project_id, '', account_id, organization_id, '{0.9}' from claim
      where project_id = \(opened.request)::uuid
      """)
    try site.owner().run(
      """
      insert into gold_bar (project_id, account_id, organization_id, correct, answers)
      select project_id, account_id, organization_id, 0, 9 from claim
      where project_id = \(opened.request)::uuid
      """)
    try site.work()
  }

  private static func deleteAFile(of work: Commission, on site: TestSite) throws {
    let pictures = [(name: "deleted.png", bytes: Pictures.png(seed: 77))]
    let file = try site.upload(pictures, to: work.request, by: work.customer)[at: 0]
    let answer = try site.send("DELETE", "/api/files/\(file)", as: work.customer)
    guard answer.status == 200 else { throw Missing(description: answer.text) }
  }

  /// The application's connection, with the scope of a session or with none.
  func application(_ session: UUIDBytes? = nil) throws -> Connection {
    let db = site.connection(as: .application)
    guard let session else { return db }
    let (account, role, organization) = try site.owner().one(
      """
      select account_id, role::text, organization_id from account join session using (account_id)
      where session_id = \(session)
      """
    ) { row throws(PostgresError) in
      (try row.next(UUIDBytes.self), try row.next(String.self), try row.next(UUIDBytes?.self))
    }
    try db.run(
      "select admit(\(session), \(account), \(role)::account_role, \(organization))")
    return db
  }

  /// Every table with tenants' rows, and the column that names the tenant.
  func tables() throws -> [(name: String, column: String)] {
    let tables = try site.owner().all(
      """
      select c.table_name::text, c.column_name::text
      from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
        and c.column_name = case when c.table_name in ('session', 'account')
          then 'account_id' else 'organization_id' end
      order by c.table_name
      """
    ) { row throws(PostgresError) in
      (name: try row.next(String.self), column: try row.next(String.self))
    }
    guard tables.count >= 17 else { throw Missing(description: "only \(tables)") }
    return tables
  }

  /// The number of a tenant's rows that a connection sees in a table.
  func count(_ table: (name: String, column: String), of tenant: Tenant, _ db: Connection)
    throws -> Int
  {
    let owner = table.column == "account_id" ? tenant.account : tenant.organization
    return try db.one(
      """
      select count(*) from \(unsafeRaw: table.name)
      where \(unsafeRaw: table.column) = \(owner)
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}

/// The error code of a statement; nil when it succeeds.
func refusal(_ db: Connection, _ sql: SQL) -> String? {
  do throws(PostgresError) {
    try db.run(sql)
    return nil
  } catch {
    switch error {
    case .refused(let code, _), .constraint(_, let code, _): return code
    default: return "\(error)"
    }
  }
}
