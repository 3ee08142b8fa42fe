internal import Glibc

/// A letter in plain text (RFC 5322).
package struct Letter: Sendable {
  /// The address of the recipient.
  package let recipient: String
  /// The subject, one line.
  package let subject: String
  /// The text, with lines that end with `\n`.
  package let body: String
  /// The message id, by which a server recognizes a letter that it gets twice.
  package let id: String

  /// A letter to an address.
  package init(to recipient: String, subject: String, body: String, id: String) {
    self.recipient = recipient
    self.subject = subject
    self.body = body
    self.id = id
  }

  /// Headers and body, as they are sent to the server.
  func text(from sender: String) -> [UInt8] {
    let domain = sender.drop { $0 != "@" }.dropFirst()
    let head = [
      "From: \(Self.line(sender))", "To: \(Self.line(recipient))",
      "Subject: \(Self.encoded(Self.line(subject)))", "Date: \(Self.date(time(nil)))",
      "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
      "Auto-Submitted: auto-generated",
    ]
    let lines =
      head + [""]
      + body.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.filter { $0 != "\r" && $0 != "\r\n" } }
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  /// Removes line breaks, so that no name or subject can add a header.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }))
  }

  /// Encodes text beyond ASCII as RFC 2047 says.
  private static func encoded(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    let words = text.unicodeScalars.map { scalar in
      String(scalar).utf8.map { byte in
        "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }.joined()
    }
    // An encoded word has at most 75 characters and does not split a scalar.
    var lines: [String] = [""]
    for word in words {
      if lines[lines.count - 1].utf8.count + word.utf8.count > 60 { lines.append("") }
      lines[lines.count - 1] += word
    }
    return lines.map { "=?utf-8?Q?\($0)?=" }.joined(separator: "\r\n ")
  }

  /// The date in the form `Mon, 02 Mar 2026 12:00:00 +0000`.
  static func date(_ seconds: Int) -> String {
    var (seconds, parts) = (seconds, tm())
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    let day = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
    return "\(days[Int(parts.tm_wday)]), \(day) \(time) +0000"
  }
}
