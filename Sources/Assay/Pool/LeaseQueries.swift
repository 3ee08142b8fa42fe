internal import Postgres
internal import Vocabulary

/// Every SQL statement that ends leases.
enum LeaseQueries {
  /// Counts answers, ends the assignment's leases, and returns the items whose slots are full.
  static func count(
    _ assignment: ID<Assignment>, _ items: [(item: ID<Item>, seconds: Double?)],
    as ending: Leases.Ending?, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>] {
    let full = try db.one(
      """
      select count_answers(
        \(assignment), \(items.map(\.item.bytes))::uuid[], \(items.map(\.seconds))::real[],
        \(ending?.rawValue)::assignment_state)
      """
    ) { row throws(PostgresError) in try row.next([UUIDBytes].self) }
    return full.map { ID($0) }
  }

  /// Returns assignments whose lease has expired, the oldest first.
  static func expired(limit: Int, _ db: Connection) throws(PostgresError) -> [ID<Assignment>] {
    try db.all(
      """
      select assignment_id from assignment
      where lease_expires_at <= now() and state in ('leased', 'in_progress')
      order by lease_expires_at
      limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Locks an assignment; false when its lease has ended or was renewed meanwhile.
  static func lockExpired(
    _ assignment: ID<Assignment>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.first(
      """
      select true from assignment
      where assignment_id = \(assignment) and lease_expires_at <= now()
        and state in ('leased', 'in_progress')
      for no key update
      """
    ) { row throws(PostgresError) in try row.next(Bool.self) } ?? false
  }
}
