internal import Postgres

/// Every SQL statement that finds the picture that makes workers die or fail.
enum IsolationQueries {
  /// Makes each of a chunk's items a chunk of its own, behind the others; false when the lease was
  /// lost.
  static func split(_ chunk: Chunk, _ db: Connection) throws(PostgresError) -> Bool {
    let isOurs = try db.run(
      """
      update job_chunk
      set items = items[1:1], state = 'queued', attempts = 0, deaths = 0, lease_expires_at = null
      where job_id = \(chunk.job) and number = \(chunk.number) and token = \(chunk.token)
        and state = 'running'
      """)
    guard isOurs == 1 else { return false }
    // Locked after the chunk, as everywhere; a job that is cancelled gets no new chunks.
    try db.run("select from job where job_id = \(chunk.job) for update")
    try db.run(
      """
      insert into job_chunk (job_id, number, organization_id, items)
      select j.job_id, last.number + rest.place, j.organization_id, array[rest.item_id]
      from job j,
        (select max(c.number) as number from job_chunk c where c.job_id = \(chunk.job)) last,
        unnest(\(chunk.items.dropFirst().map(\.bytes))::uuid[])
          with ordinality as rest (item_id, place)
      where j.job_id = \(chunk.job) and j.state = 'running'
      """)
    return true
  }

  /// Records that the bytes of these items cannot be inspected, and why; what is known of their
  /// looks is forgotten, so that nobody compares them.
  /// - Parameter isFinal: whether later runs leave them alone; else each inspects them again.
  static func condemn(
    _ items: [ID<Item>], of organization: ID<Organization>, fault: String, isFinal: Bool,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with bytes as (
        select sha256 from item where item_id = any (\(items.map(\.bytes))::uuid[])
      ), known as (
        delete from likeness
        where organization_id = \(organization) and sha256 in (select sha256 from bytes)
      )
      update blob set inspected_at = case when \(isFinal) then now() end, fault = \(fault)
      where organization_id = \(organization) and sha256 in (select sha256 from bytes)
      """)
  }
}
