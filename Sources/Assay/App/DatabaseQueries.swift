internal import Postgres

/// Every SQL statement about the database as a whole.
enum DatabaseQueries {
  /// Revokes the right to create objects from all roles but the owner.
  static func close(_ db: Connection) throws(PostgresError) {
    try db.run("select close_database()")
  }
}
