package import HTTP
package import Postgres

internal import Glibc

extension Timestamp: WireValue {
  package static var schema: Schema { .string(format: "date-time") }

  /// Writes RFC 3339 in UTC with milliseconds; PostgreSQL's `to_char` costs more than the query.
  package func write(to writer: inout JSONWriter) { writer.quoted(Self.length, fill) }

  private static let length = 24

  private func fill(_ text: UnsafeMutableBufferPointer<UInt8>) {
    let milliseconds = microseconds.flooringDivision(by: 1000)
    let (days, ofDay) = milliseconds.flooringQuotient(by: 86_400_000)
    let (year, month, day) = Self.civil(daysSince1970: days)
    _ = text.update(fromContentsOf: "0000-00-00T00:00:00.000Z".utf8)
    func digits(_ value: Int, _ count: Int, at start: Int) {
      var (value, place) = (UInt32(truncatingIfNeeded: value), start + count)
      while place > start {
        place -= 1
        text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
        value /= 10
      }
    }
    digits(year, 4, at: 0)
    digits(month, 2, at: 5)
    digits(day, 2, at: 8)
    digits(ofDay / 3_600_000, 2, at: 11)
    digits(ofDay / 60_000 % 60, 2, at: 14)
    digits(ofDay / 1000 % 60, 2, at: 17)
    digits(ofDay % 1000, 3, at: 20)
  }

  /// Returns the Gregorian date of a day, computed in 400-year eras that begin on the first of
  /// March.
  private static func civil(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let (era, ofEra) = (daysSince1970 + 719_468).flooringQuotient(by: 146_097)
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let marchMonth = (5 * ofYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      era * 400 + year + (month <= 2 ? 1 : 0), month, ofYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  /// Returns the time this many seconds from now.
  package static func now(plusSeconds seconds: Int = 0) -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(
      microseconds: (Int64(now.tv_sec) + Int64(seconds)) * 1_000_000 + Int64(now.tv_nsec) / 1000)
  }
}

extension BinaryInteger {
  fileprivate func flooringDivision(by divisor: Int) -> Int {
    flooringQuotient(by: divisor).quotient
  }

  fileprivate func flooringQuotient(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = Int(self).quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
