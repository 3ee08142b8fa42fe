internal import Glibc

/// A time in the forms that signatures need, in UTC.
struct SigningTime {
  /// The date, such as `20130524`.
  let day: String
  /// The date and time, such as `20130524T000000Z`.
  let stamp: String

  /// - Parameter seconds: since 1970.
  init(_ seconds: Int) {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    func padded(_ number: Int32, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    day = padded(parts.tm_year + 1900, 4) + padded(parts.tm_mon + 1) + padded(parts.tm_mday)
    stamp = "\(day)T\(padded(parts.tm_hour))\(padded(parts.tm_min))\(padded(parts.tm_sec))Z"
  }
}
