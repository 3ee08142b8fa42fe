/// The address of the store: scheme, host and port, without a path.
struct S3Endpoint: Sendable {
  let scheme: String
  let host: String
  /// The port; nil for the scheme's default, which clients leave out of the `Host` header.
  let port: Int?

  /// Reads `https://host[:port]`; plain http only for this machine, where no network is used.
  init?(_ text: String) {
    let parts = text.firstRange(of: "://")
    guard let parts else { return nil }
    scheme = text[..<parts.lowerBound].lowercased()
    var rest = text[parts.upperBound...].lowercased()[...]
    if rest.hasSuffix("/") { rest.removeLast() }
    guard let (host, port) = Self.split(rest) else { return nil }
    self.host = host
    switch (scheme, port) {
    case ("https", 443), ("http", 80): self.port = nil
    case ("https", _), ("http", _): self.port = port
    default: return nil
    }
    guard scheme == "https" || isLoopback else { return nil }
  }

  /// Whether the host is an IP address, which has no subdomains.
  var isAddress: Bool {
    host.hasPrefix("[") || host.utf8.allSatisfy { ($0 >= 48 && $0 < 58) || $0 == 46 }
  }

  private var isLoopback: Bool { ["127.0.0.1", "[::1]", "localhost"].contains(host) }

  /// The `Host` header of this endpoint, with the bucket as a subdomain if there is one.
  func authority(bucket: String?) -> String {
    let name = bucket.map { "\($0).\(host)" } ?? host
    return port.map { "\(name):\($0)" } ?? name
  }

  private static func split(_ text: Substring) -> (host: String, port: Int?)? {
    var host = text
    var port: Int?
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      host = text[..<colon]
      let digits = text[text.index(after: colon)...]
      guard let number = UInt16(digits), number > 0, digits.first != "+" else { return nil }
      port = Int(number)
    }
    return isHost(host) ? (String(host), port) : nil
  }

  private static func isHost(_ text: Substring) -> Bool {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let address = text.dropFirst().dropLast()
      return !address.isEmpty && address.utf8.allSatisfy { "0123456789abcdef:.".utf8.contains($0) }
    }
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return first.isLetterOrDigit && last.isLetterOrDigit
      && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == 45 || $0 == 46 }
  }
}

extension UInt8 {
  /// Whether it is one of a–z, 0–9.
  var isLetterOrDigit: Bool { (self >= 97 && self <= 122) || (self >= 48 && self <= 57) }
}
