internal import CCurl

/// A letter or request failed, with libcurl's description.
package struct OutboundError: Error, CustomStringConvertible, Sendable {
  package let description: String
}

/// A mail server for outgoing letters (RFC 5321).
package struct MailServer: Sendable {
  /// `smtp://host:port` or `smtps://host:port`.
  package var address: String
  /// The user name; nil when the server needs no authentication.
  package var user: String?
  /// The user's password.
  package var password: String?
  /// The sender's address.
  package var sender: String
  /// PEM file of an authority to trust instead of the system's.
  package var authority: String?

  /// A server with an address.
  package init(
    address: String, sender: String, user: String? = nil, password: String? = nil,
    authority: String? = nil
  ) {
    self.address = address
    self.sender = sender
    self.user = user
    self.password = password
    self.authority = authority
  }

  /// Whether the server is this machine: only then is TLS optional.
  var isLocal: Bool {
    let rest = address.drop { $0 != "/" }.drop { $0 == "/" }
    let host = rest.hasPrefix("[") ? rest.prefix { $0 != "]" } : rest.prefix { $0 != ":" }
    return ["localhost", "127.0.0.1", "[::1"].contains(host)
  }

  /// Sends a letter; when this returns, the server has accepted it.
  /// - Throws: `OutboundError`; the letter can then be sent again.
  package func send(_ letter: Letter) throws(OutboundError) {
    guard let client = ccurl_open() else {
      throw OutboundError(description: "libcurl is not installed (apt: libcurl4)")
    }
    defer { ccurl_close(client) }
    let text = letter.text(from: sender)
    let texts = Texts([address, "<\(sender)>", "<\(letter.recipient)>", user, password, authority])
    defer { withExtendedLifetime(texts) {} }
    let outcome = text.withUnsafeBufferPointer { text in
      var given = ccurl_letter()
      given.address = texts[0]
      given.from = texts[1]
      given.to = texts[2]
      given.user = texts[3]
      given.password = texts[4]
      given.trust = texts[5]
      given.needs_tls = isLocal ? 0 : 1
      text.withMemoryRebound(to: CChar.self) { bytes in
        given.text = bytes.baseAddress
        given.length = bytes.count
      }
      return ccurl_mail(client, &given)
    }
    guard outcome == ccurl_done else {
      throw OutboundError(description: String(cString: ccurl_error(client)))
    }
  }
}
