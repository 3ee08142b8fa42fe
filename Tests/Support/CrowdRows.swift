package import Postgres

internal import Assay
internal import Queue
internal import Web

extension OpenedRequest {
  /// Adds pictures without files to the request, and makes tasks of them.
  package func addPictures(_ count: Int) throws {
    try Self.addPictures(count, to: request, site.owner())
  }

  /// Adds pictures without files to a request, and makes tasks of them.
  package static func addPictures(_ count: Int, to request: String, _ db: Connection) throws {
    try db.run(
      """
      with made as (
        select uuid_v7() as item_id, sha256(uuid_send(gen_random_uuid())) as sha256,
          p.organization_id, p.project_id, p.created_by
        from project p, generate_series(1, \(count)) where p.project_id = \(request)::uuid
      ), stored as (
        insert into blob (organization_id, sha256, size_bytes, mime, width, height, previewed_at)
        select organization_id, sha256, 1, 'image/png', 1, 1, now() from made
      )
      insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
      select item_id, organization_id, project_id, sha256, 'a.png', created_by from made
      """)
    try db.run("select bundle_pool(\(request)::uuid, \(count))")
  }

  /// The ids of the request's tasks.
  package func tasks() throws -> [String] {
    try words("select task_id::text from task where project_id = \(request)::uuid order by task_id")
  }

  /// Checks the counters of the pool in one snapshot; returns a line for each fault.
  package static func faults(_ db: Connection) throws -> [String] {
    try db.all(
      """
      select 'item ' || p.item_id || ' ' || p.state || ': ' || p.answers || ' answers, '
        || p.leases || ' leases of ' || p.slots || '; claims: ' || c.counted || ' and ' || c.leased
      from pool_item p
      cross join lateral (
        select count(*) filter (where c.state = 'counted') as counted,
          count(*) filter (where c.state = 'leased') as leased
        from claim c where c.item_id = p.item_id
      ) c
      where p.answers + p.leases > p.slots and not p.is_gold or p.answers <> c.counted or p.leases <> c.leased
      union all
      select 'task ' || t.task_id || ': ' || t.open_slots || ' open slots, not ' || f.slots
      from task t
      cross join lateral (
        select coalesce(max(p.slots - p.answers - p.leases) filter (where p.state = 'open'), 0)
          as slots
        from pool_item p where p.task_id = t.task_id
      ) f
      where t.in_pool and t.open_slots <> f.slots
      """
    ) { row throws(PostgresError) in try row.next(String.self) }
  }
}

extension TestSite {
  /// Makes labelers and signs them in.
  package func labelers(_ count: Int) throws -> [Person] {
    let first = try person(.labeler)
    try owner().run(
      """
      insert into account (account_id, username, password_hash, role)
      select uuid_v7(), a.username || '-' || n, a.password_hash, a.role
      from account a, generate_series(2, \(count)) n
      where a.username = \(first.username)
      """)
    return try [first] + (1..<count).map { try signIn("\(first.username)-\($0 + 1)") }
  }
}

extension TestSite {
  /// Ends expired leases and fills pools now, as the worker does every five seconds.
  package func runPoolJob() throws {
    let worker = Worker(site)
    try worker.openSchedules()
    try owner().run(
      "update job_chunk set run_after = now() where kind = 'pools' and run_after > now()")
    try worker.runAll()
  }
}
