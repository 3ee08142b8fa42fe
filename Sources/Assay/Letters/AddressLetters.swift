internal import Outbound
internal import Postgres
internal import Vocabulary

/// The letters about an account's e-mail address.
enum AddressLetters {
  /// Returns the verification letter, or a notice when another account has verified the address.
  static func verification(
    _ order: LetterQueries.Order, _ db: Connection
  ) throws -> Letter? {
    let link = VerificationSecret()
    guard let account = order.account,
      let claim = try LetterQueries.writeVerification(
        of: account, link.hash, until: link.expires, db)
    else { return nil }
    guard !claim.isDoubtful else { return taken(claim, order) }
    let name = claim.username
    return Letter(
      to: claim.recipient, subject: "Is this the e-mail address of \(name)?",
      body: """
        The account \(name) says that this is its e-mail address.

        If the account is yours, confirm it within a day, with its password:
        \(link.address(order.origin))

        If it is not yours, do nothing: nobody can find that account by your address.
        """, id: order.id.description)
  }

  private static func taken(
    _ claim: LetterQueries.Claim, _ order: LetterQueries.Order
  ) -> Letter {
    Letter(
      to: claim.recipient, subject: "Your e-mail address was given again",
      body: """
        Somebody gave this e-mail address for the account \(claim.username) at
        \(order.origin)

        The address stays with your own account, which has verified it. If it was you, sign in with
        your own account, or ask there for a new password. If it was not you, do nothing.
        """, id: order.id.description)
  }

  /// Returns the letter to the previous address of an account.
  static func changed(_ order: LetterQueries.Order) -> Letter? {
    guard let recipient = order.recipient, let name = order.name else { return nil }
    return Letter(
      to: recipient, subject: "\(name) has another e-mail address",
      body: """
        The account \(name) at \(order.origin) has another e-mail address now; this one
        was its address before.

        If it was not you, somebody else uses your account: sign in with your username, set another
        password, and tell an administrator.
        """, id: order.id.description)
  }

  /// Returns the letter about a forgotten password when several accounts claim the address.
  static func severalClaims(
    _ order: LetterQueries.Order, _ db: Connection
  ) throws -> Letter? {
    guard let recipient = order.recipient else { return nil }
    let names = try LetterQueries.claimants(of: recipient, db)
    guard !names.isEmpty else { return nil }
    return Letter(
      to: recipient, subject: "Which account is yours?",
      body: """
        Somebody, most likely you, asked for a new password at
        \(order.origin)

        Several accounts say that this is their e-mail address:
        \(names.joined(separator: "\n"))

        Ask again with the username of the one that is yours. Ignore accounts that are not yours.
        They lose your address when you verify it for your account.
        """, id: order.id.description)
  }
}
