import Assay
import Postgres
import Support

/// The number of rows that PostgreSQL has read of each table, by its own counters.
struct RowsRead {
  /// Size from which a table must never be read as a whole.
  private static let large = 1000

  private let counters: [Counter]

  private struct Counter {
    let table: String
    let isLarge: Bool
    let scans: Int
    let rows: Int
  }

  /// The counters as they are now.
  /// - Parameter reader: the connection whose statements are counted.
  init(_ site: TestSite, by reader: Connection) throws {
    try reader.run("select pg_stat_force_next_flush()")
    counters = try site.owner().all(
      """
      select t.relname::text, c.reltuples > \(Self.large)::int, t.seq_scan,
        t.seq_tup_read + coalesce((
          select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0)::int8
      from pg_stat_user_tables t join pg_class c on c.oid = t.relid
      where t.schemaname = 'public'
      order by t.relname
      """
    ) { row throws(PostgresError) in
      try Counter(
        table: row.next(), isLarge: row.next(), scans: row.next(), rows: row.next())
    }
  }

  /// The number of rows of large tables, and of entries in their indexes, read since then.
  func count(since before: RowsRead) -> Int {
    zip(counters, before.counters).filter(\.0.isLarge).reduce(0) { $0 + $1.0.rows - $1.1.rows }
  }

  /// The large tables that were read from their beginning since then.
  func scanned(since before: RowsRead) -> [String] {
    zip(counters, before.counters).filter { $0.isLarge && $0.scans > $1.scans }.map(\.0.table)
  }

  /// The rows read of each table since then, for the message of a failure.
  func description(since before: RowsRead) -> String {
    zip(counters, before.counters).filter { $0.rows > $1.rows || $0.scans > $1.scans }
      .map { "\($0.table): \($0.rows - $1.rows) rows, \($0.scans - $1.scans) scans" }
      .joined(separator: "; ")
  }
}
