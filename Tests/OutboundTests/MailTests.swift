import Glibc
import Outbound
import Support
import Testing

@Suite("Letters by SMTP")
struct MailTests {
  private func server(_ port: UInt16) -> MailServer {
    MailServer(address: "smtp://127.0.0.1:\(port)", sender: "assay@example.org")
  }

  @Test func lettersArriveUnchanged() throws {
    let letters = try MailCatcher.letters(1) { port in
      try server(port).send(
        Letter(
          to: "ada@example.org", subject: "Grüße", body: "One\n.two\nthree", id: "id-1"))
    }
    let lines = letters[0].split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains { $0.hasPrefix("MAIL FROM:<assay@example.org>") })
    #expect(lines.contains("RCPT TO:<ada@example.org>"))
    #expect(lines.contains("From: assay@example.org"))
    #expect(lines.contains("To: ada@example.org"))
    #expect(lines.contains("Subject: =?utf-8?Q?=47=72=C3=BC=C3=9F=65?="))
    #expect(lines.contains("Message-ID: <id-1@example.org>"))
    // A line that begins with a dot gets a second one in transit.
    #expect(letters[0].contains("\nOne\n..two\nthree\n.\n"))
  }

  @Test func headersCannotBeInjected() throws {
    let letters = try MailCatcher.letters(1) { port in
      try server(port).send(
        Letter(to: "ada@example.org", subject: "a\r\nBcc: eve@example.org", body: "", id: "1"))
    }
    #expect(letters[0].contains("\nSubject: aBcc: eve@example.org\n"))
  }

  @Test func aRefusalIsAnError() throws {
    let letter = Letter(to: "ada@example.org", subject: "a", body: "b", id: "1")
    var last: UInt16 = 0
    _ = try MailCatcher.letters(1, refusing: true) { port in
      last = port
      #expect(throws: OutboundError.self) { try server(port).send(letter) }
    }
    // Nobody listens there any more.
    #expect(throws: OutboundError.self) { try server(last).send(letter) }
  }

  @Test func lettersToOtherHostsNeedTLS() throws {
    // 127.0.0.2 does not count as this machine, so the letter requires TLS, which the catcher
    // lacks: the client leaves before it names anybody.
    let letter = Letter(to: "ada@example.org", subject: "a", body: "b", id: "1")
    let heard = try MailCatcher.letters(1, at: INADDR_LOOPBACK + 1) { port in
      let far = MailServer(address: "smtp://127.0.0.2:\(port)", sender: "assay@example.org")
      #expect(throws: OutboundError.self) { try far.send(letter) }
    }
    #expect(heard[0].hasPrefix("EHLO") && !heard[0].contains("MAIL"), "\(heard[0])")
  }
}
