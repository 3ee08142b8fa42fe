/// A moment, as exact as PostgreSQL's timestamptz.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01 00:00 UTC; the extremes stand for PostgreSQL's infinities.
  package let microseconds: Int64

  /// The moment so many microseconds after 1970-01-01 00:00 UTC.
  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// Whether a moment lies before another.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// 2000-01-01, which PostgreSQL counts from.
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
  /// Adds the moment as a date and a time in UTC.
  package func bind(into parameters: inout Parameters) { parameters.text(literal) }

  private var literal: String {
    if microseconds == .max { return "infinity" }
    if microseconds == .min { return "-infinity" }
    let day: Int64 = 86_400_000_000
    // The Julian day is a date that PostgreSQL reads: no calendar is needed here.
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
