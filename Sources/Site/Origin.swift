/// An origin: `https://host[:port]` or `http://host[:port]`, in lower case and without a path.
struct Origin {
  /// Whether browsers send it in this form: without the usual port.
  let isAsSent: Bool

  /// Parses an origin; nil for any other text.
  init?(_ text: String) {
    let schemes = [("https://", "443"), ("http://", "80")]
    guard let (scheme, usual) = schemes.first(where: { text.hasPrefix($0.0) }) else { return nil }
    let rest = text.dropFirst(scheme.count)
    let end = rest.hasPrefix("[") ? rest.firstIndex(of: "]").map(rest.index(after:)) : nil
    let host = rest[..<(end ?? rest.firstIndex(of: ":") ?? rest.endIndex)]
    let port = rest[host.endIndex...]
    guard Self.isHost(host), port.isEmpty || Self.isPort(port) else { return nil }
    isAsSent = port.dropFirst() != usual
  }

  private static func isHost(_ text: Substring) -> Bool {
    let isAddress = text.hasPrefix("[") && text.hasSuffix("]")
    let inner = isAddress ? text.dropFirst().dropLast() : text
    let allowed = isAddress ? "0123456789abcdef:." : "0123456789abcdefghijklmnopqrstuvwxyz.-_"
    return !inner.isEmpty && inner.allSatisfy { allowed.contains($0) }
  }

  private static func isPort(_ text: Substring) -> Bool {
    let digits = text.dropFirst()
    guard text.hasPrefix(":"), let number = UInt16(digits) else { return false }
    return number > 0 && digits == "\(number)"
  }
}
