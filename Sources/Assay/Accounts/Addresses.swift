internal import Cryptography
internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Verifies the e-mail addresses of accounts (docs/accounts.md).
enum Addresses {
  static let routes: [Route] = [
    .on(
      .api, .post(audit: .nothing), "/api/auth/verify-email/send", for: .person, "addresses.send",
      "Sends an e-mail with a link that verifies the caller's address.",
      gives: Accounts.Message.schema, send),
    .on(
      .api, .post(audit: .byHandler), "/api/auth/verify-email", for: .person, "addresses.verify",
      "Verifies the caller's e-mail address with the token of the e-mailed link.",
      takes: .json(Token.schema), gives: Accounts.Message.schema, verify),
  ]

  private static func send(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    guard let address = try AddressQueries.address(of: caller.id, context.db) else {
      throw Problem.conflict("The account has no e-mail address: set one first.")
    }
    guard !address.isVerified else {
      return .json(Accounts.Message(message: "The e-mail address is already verified."))
    }
    guard context.mailOrigin != nil else {
      return .json(
        Accounts.Message(
          message: "This site sends no e-mail: ask an administrator to verify the address."))
    }
    let wait = try context.db.transaction { db in
      try askLetter(for: caller.id, context, db)
    }
    if let wait, wait > 0 {
      throw Problem.tooMany("At most three of these e-mails are sent per hour.", seconds: wait)
    }
    return .json(
      Accounts.Message(
        message: "An e-mail will be sent, unless the address has just received several."))
  }

  private static func verify(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Token.self)
    let link = SHA256.digest(form.token.utf8)
    try context.db.transaction { db in
      switch try AddressQueries.verify(link, db) {
      case .invalid: try expectVerified(AddressQueries.state(ofLink: link, db))
      case .taken: throw Problem.conflict("Another account has verified that e-mail address.")
      case .proved(let losers):
        try record(losers, request, db)
        try AuditLogQueries.record(
          AuditLog.Event(
            "account.address-verified", by: caller, of: caller.id.description, request), db)
      }
    }
    return .json(Accounts.Message(message: "The e-mail address is verified."))
  }

  /// Accepts a link without effect if the address is verified, because links are opened twice.
  /// - Throws: 404 with the reason otherwise.
  private static func expectVerified(_ state: AddressQueries.LinkState?) throws(Problem) {
    let sentence =
      switch state {
      case .verified: ""
      case .foreign: "The link belongs to another account: sign in with that account."
      case .expired: "The link has expired: request a new e-mail."
      case nil: "The link is incomplete, old, or for an earlier address: request a new e-mail."
      }
    guard state == .verified else { throw Problem(404, sentence) }
  }

  /// Requests the verification letter for an account's address, if the site sends letters.
  ///
  /// It returns the seconds to wait when too many letters were requested.
  @discardableResult
  static func askLetter(
    for account: ID<Account>, _ context: Context, _ db: Connection
  ) throws(PostgresError) -> Double? {
    guard let origin = context.mailOrigin else { return nil }
    return try AddressQueries.askLetter(for: account, origin: origin, db)
  }

  /// Requests the letters about a change of address, which `change` makes.
  ///
  /// The old address gets a letter if it was verified, the new one gets a verification letter.
  static func changing<Answer>(
    _ account: ID<Account>, to email: String?, _ context: Context, _ db: Connection,
    _ change: () throws -> Answer
  ) throws -> Answer {
    guard let email else { return try change() }
    let isNew = try AddressQueries.noteNew(
      email, of: account, origin: context.mailOrigin, db)
    let answer = try change()
    if isNew { try askLetter(for: account, context, db) }
    return answer
  }

  /// Records that accounts have lost an unverified address; must come last in a transaction.
  static func record(
    _ losers: [ID<Account>], _ request: Request, _ db: Connection
  ) throws(PostgresError) {
    for loser in losers {
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.address-lost", account: nil, actor: "another account", in: nil,
          of: loser.description, request), db)
    }
  }
}

extension Addresses {
  /// The body with a letter's token.
  struct Token: WireInput {
    let token: String
    static let inputs = Inputs(Token.init, .required("token", .secret(1...1024)))
  }
}

extension Context {
  /// The origin of links in letters; nil when the site sends none.
  var mailOrigin: String? { site.config.mail == nil ? nil : site.config.publicURL }
}

/// The secret in a verification link.
struct VerificationSecret {
  private let text = Base64URL.encode(Random.bytes(32))
  let expires = Timestamp.now(plusSeconds: 86_400)

  var hash: Digest { SHA256.digest(text.utf8) }

  /// Returns the link; the secret is after the '#', which browsers do not send to servers.
  func address(_ origin: String) -> String { "\(origin)/verify-email.html#token=\(text)" }
}
