internal import Postgres

/// Every SQL statement about the database as a whole.
enum DatabaseQueries {
  /// Takes the right to make objects from all but the owner.
  static func close(_ db: Connection) throws(PostgresError) {
    try db.run("select close_database()")
  }
}
