internal import Postgres
internal import Vocabulary

/// Every SQL statement that fills pools.
enum PoolFillingQueries {
  /// Compares the next items with the pool's settings; true while there are more.
  static func fill(
    _ project: ID<Project>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select fill_pool(\(project), \(limit))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Makes tasks of items that have none; true while there are more.
  static func bundle(
    _ project: ID<Project>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select bundle_pool(\(project), \(limit))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Returns open items whose slots are full: the settings have changed, or the item came back.
  static func full(
    in project: ID<Project>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>] {
    try db.all(
      """
      select item_id from pool_item
      where project_id = \(project) and state = 'open' and answers >= slots
      order by item_id limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the projects whose pools have something to do; a closed one only decides what is full.
  static func waiting(limit: Int, _ db: Connection) throws(PostgresError) -> [ID<Project>] {
    try db.all(
      """
      select o.project_id from pool o
      where o.state = 'open' and (
          not o.is_filled
          or exists (
            select from pool_item p
            where p.project_id = o.project_id and p.task_id is null and p.state = 'open'
            offset 0))
        or exists (
          select from pool_item p
          where p.project_id = o.project_id and p.state = 'open' and p.answers >= p.slots
          offset 0)
      order by o.changed_at
      limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
