import Postgres
import Testing

@Suite struct TimestampTests {
  let db: Connection

  init() throws { db = try sharedConnection() }

  @Test(arguments: [
    ("1970-01-01 00:00:00+00", 0), ("1969-12-31 23:59:59.999999+00", -1),
    ("2000-01-01 00:00:00.000001+00", 946_684_800_000_001),
    ("2024-02-29 12:34:56.000123+00", 1_709_210_096_000_123),
    ("2024-02-29 12:34:56+05:30", 1_709_190_296_000_000),
    ("9999-12-31 23:59:59.999999+00", 253_402_300_799_999_999),
    ("0001-01-01 00:00:00+00", -62_135_596_800_000_000),
  ])
  func timestampsAreReadAndWrittenExactly(_ text: String, _ microseconds: Int64) throws {
    let time = Timestamp(microseconds: microseconds)
    #expect(try db.value("select \(text)::timestamptz", as: Timestamp.self) == time)
    #expect(try db.value("select \(time) = \(text)::timestamptz", as: Bool.self))
  }

  @Test func infinitiesAreRead() throws {
    let (past, future) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
    #expect(try db.value("select 'infinity'::timestamptz", as: Timestamp.self) == future)
    #expect(try db.value("select \(past) = '-infinity'::timestamptz", as: Bool.self))
    #expect(try db.value("select \(future) = 'infinity'::timestamptz", as: Bool.self))
    #expect(past < future)
  }

  @Test func theTimeZoneOfTheSessionIsUTC() throws {
    #expect(try db.value("select '2024-07-01'::timestamptz::text") == "2024-07-01 00:00:00+00")
  }
}
