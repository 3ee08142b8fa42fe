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
      to: claim.recipient, subject: "Confirm the e-mail address of \(name)",
      body: """
        This e-mail address was entered for the account \(name).

        If the account is yours, confirm the address within a day; you need the password:
        \(link.address(order.origin))

        If it is not yours, ignore this e-mail. The address then stays unverified.
        """, id: order.id.description)
  }

  private static func taken(
    _ claim: LetterQueries.Claim, _ order: LetterQueries.Order
  ) -> Letter {
    Letter(
      to: claim.recipient, subject: "Your e-mail address was entered for another account",
      body: """
        Somebody entered this e-mail address for the account \(claim.username) at
        \(order.origin)

        The address stays with your own account, which has verified it. If it was you, sign in with
        your own account, or request a new password for it. If it was not you, ignore this e-mail.
        """, id: order.id.description)
  }

  /// Returns the letter to the previous address of an account.
  static func changed(_ order: LetterQueries.Order) -> Letter? {
    guard let recipient = order.recipient, let name = order.name else { return nil }
    return Letter(
      to: recipient, subject: "The e-mail address of \(name) was changed",
      body: """
        The account \(name) at \(order.origin) now has another e-mail address.
        This is its previous address.

        If you did not change it, somebody else uses your account: sign in with your username,
        change the password, and tell an administrator.
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
        Somebody, probably you, requested a new password at
        \(order.origin)

        Several accounts have this e-mail address, and none has verified it:
        \(names.joined(separator: "\n"))

        Request it again with the username of your account. Ignore accounts that are not yours.
        They lose your address when you verify it for your account.
        """, id: order.id.description)
  }
}
