/// A point in time with the precision of timestamptz.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01 00:00 UTC; the extremes represent PostgreSQL's infinities.
  package let microseconds: Int64

  /// Makes a timestamp from microseconds since 1970-01-01 00:00 UTC.
  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// Whether a timestamp is before another.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// 2000-01-01, the epoch of PostgreSQL.
  private static let epoch: Int64 = 946_684_800_000_000
}

extension Timestamp: PostgresDecodable {
  /// Reads a timestamptz.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Timestamp {
    let bytes = try column.value(of: TypeOID.timestamptz)
    guard bytes.count == 8 else { throw .unexpected("a timestamptz of \(bytes.count) bytes") }
    let value = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    guard value != .min, value != .max else { return Timestamp(microseconds: value) }
    let (microseconds, overflows) = value.addingReportingOverflow(epoch)
    guard !overflows else { throw .unexpected("a moment out of range") }
    return Timestamp(microseconds: microseconds)
  }
}

extension Timestamp: PostgresEncodable {
  /// Adds the timestamp as text in UTC.
  package func bind(into parameters: inout Parameters) { parameters.text(literal) }

  private var literal: String {
    if microseconds == .max { return "infinity" }
    if microseconds == .min { return "-infinity" }
    let day: Int64 = 86_400_000_000
    // PostgreSQL reads Julian days, so no calendar is needed here.
    let days = microseconds.flooredQuotient(by: day)
    let ofDay = microseconds - days * day
    let seconds = ofDay / 1_000_000
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
    let time = clock.joined(separator: ":")
    return "J\(days + 2_440_588) \(time).\(Self.padded(ofDay % 1_000_000, 6))+00"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
