package import Postgres
package import Site

internal import Cryptography
internal import Logging
internal import Outbound
internal import Vocabulary

/// Writes and sends the requested letters.
package struct Postman {
  /// Makes a postman.
  package init() {}

  /// The number of attempts after which a letter is given up, because its link would have expired.
  private static let mostAttempts = 5

  /// Sends the next letter; false when none waits.
  package func deliver(_ site: Site, _ db: Connection) throws -> Bool {
    guard let server = site.config.mail else { return false }
    guard let order = try LetterQueries.take(db) else { return false }
    guard let letter = try write(order, db) else {
      try LetterQueries.drop(order.id, db)
      return true
    }
    do {
      try server.send(letter)
      try LetterQueries.drop(order.id, db)
    } catch let error as OutboundError {
      let isLast = order.attempts >= Self.mostAttempts
      Logger.assay.log(
        level: isLast ? .error : .warning, isLast ? "letter given up" : "letter not sent",
        metadata: ["attempt": "\(order.attempts)", "error": "\(error)"])
      if isLast { try LetterQueries.drop(order.id, db) }
    }
    return true
  }

  /// Returns the letter with a new link, or nil when it is no longer needed.
  private func write(_ order: LetterQueries.Order, _ db: Connection) throws -> Letter? {
    switch order.kind {
    case .reset: try resetLetter(order, db)
    case .invitation: try invitationLetter(order, db)
    case .verification: try AddressLetters.verification(order, db)
    case .addressChanged: AddressLetters.changed(order)
    case .severalClaims: try AddressLetters.severalClaims(order, db)
    case .labelerBarred: try barredLetter(order, db)
    }
  }

  private func barredLetter(_ order: LetterQueries.Order, _ db: Connection) throws -> Letter? {
    guard let recipient = order.recipient, let barred = try LetterQueries.barred(order.id, db)
    else { return nil }
    return Letter(
      to: recipient, subject: "\(barred.username) gets no more tasks of \(barred.title)",
      body: """
        Of the answers of \(barred.username) to the gold of your request "\(barred.title)",
        \(barred.correct) of \(barred.answers) are right. That is surely below the request's floor,
        so this labeler gets no more of its tasks.

        The answers that were given stay. The setting gold_floor changes the floor.
        """, id: order.id.description)
  }

  private func resetLetter(_ order: LetterQueries.Order, _ db: Connection) throws -> Letter? {
    let link = ResetSecret()
    guard let account = order.account,
      let claim = try LetterQueries.writeReset(of: account, link.hash, until: link.expires, db)
    else { return nil }
    let name = claim.username
    let doubt = """


      If you did not create the account \(name), do not use the link: somebody else gave your
      address for it. You can still sign up with your address.
      """
    return Letter(
      to: claim.recipient, subject: "A new password for \(name)",
      body: """
        Somebody, probably you, requested a new password for the account \(name).

        Set it with this link within an hour:
        \(link.address(order.origin))

        If it was not you, ignore this e-mail: the password stays the same.\
        \(claim.isDoubtful ? doubt : "")
        """, id: order.id.description)
  }

  private func invitationLetter(
    _ order: LetterQueries.Order, _ db: Connection
  ) throws -> Letter? {
    let secret = Base64URL.encode(Random.bytes(32))
    guard let invitation = order.invitation,
      let wording = try InvitationQueries.write(invitation, SHA256.digest(secret.utf8), db)
    else { return nil }
    return Letter(
      to: wording.recipient, subject: "You are invited to \(wording.organization)",
      body: """
        \(wording.inviter) invites you to work with \(wording.organization).

        Sign in, or sign up, and accept within a week:
        \(Invitations.link(secret, order.origin))
        """, id: order.id.description)
  }
}
