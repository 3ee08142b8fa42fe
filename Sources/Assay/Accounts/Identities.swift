internal import Cryptography
internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Accounts and tokens of an external issuer.
enum Identities {
  static let routes: [Route] = [
    .open(
      .v1, .post(audit: .nothing), "/api/v1/auth/verify-token", "identities.verify",
      "Returns the account of a token of this service or of the external issuer.",
      takes: .optionalJSON(TokenText.schema), gives: Verified.schema, readsToken: true, verify),
    .open(
      .v1, .post(audit: .byHandler), "/api/v1/auth/sync-profile", "identities.synchronize",
      "Creates or updates the account of an external issuer's token.",
      takes: .optionalJSON(Arrival.schema), gives: Accounts.Message.schema, readsToken: true,
      synchronize),
  ]

  /// The bearer of a token.
  private enum Bearer {
    case caller(Caller)
    case outsider(ExternalIssuer.Claims)
  }

  private static func verify(_ request: Request, _ context: Context) throws -> Response {
    switch try bearer(token(in: request), request, context) {
    case .caller(let caller):
      guard let user = try UserQueries.user(caller.id, context.db) else { throw refused }
      return .json(Verified(id: user.id.description, email: user.email, profile: user))
    case .outsider(let claims):
      return .json(Verified(id: claims.subject, email: claims.email, profile: nil))
    }
  }

  /// Returns the token in the header, or else that in the body.
  private static func token(in request: Request) throws(Problem) -> String {
    let inBody =
      try request.contentLength ?? 0 > 0 ? request.json(TokenText.self).token : nil
    do throws(Problem) {
      return try Access.bearerToken(request)
    } catch {
      if let inBody { return inBody }
      guard request.header("AUTHORIZATION") == nil else { throw error }
      throw .unauthorized(
        "The token is missing: send it in the Authorization header or in the body.")
    }
  }

  private static let refused = Problem.unauthorized("The token is invalid or has expired.")

  private static func bearer(
    _ text: String, _ request: Request, _ context: Context
  ) throws -> Bearer {
    if let caller = try context.entered(byToken: text) { return .caller(caller) }
    guard let claims = try context.site.issuer?.verify(text) else { throw refused }
    return .outsider(claims)
  }

  private static func synchronize(_ request: Request, _ context: Context) throws -> Response {
    let invitation =
      request.contentLength ?? 0 > 0 ? try request.json(Arrival.self).invitation : nil
    let text = try Access.bearerToken(request)
    guard let issuer = context.site.issuer, let claims = try issuer.verify(text) else {
      // A token of our own: there is no external profile to copy.
      guard try context.entered(byToken: text) != nil else { throw refused }
      return .json(Accounts.Message(message: "User profile updated successfully"))
    }
    let account = ID<Account>.new()
    let isNew = try context.db.transaction { db in
      guard
        let isNew = try IdentityQueries.synchronize(
          claims, of: issuer.name, new: account,
          username: Accounts.derivedName(of: claims.email ?? "user", account),
          invitation: invitation.map { SHA256.digest($0.utf8) }, db)
      else { throw refused }
      if let email = claims.email {
        let losers = try AddressQueries.settle(
          email, isVerified: claims.isEmailVerified, of: claims.subject, at: issuer.name, db)
        try Addresses.record(losers, request, db)
      }
      try AuditLogQueries.record(
        AuditLog.Event(
          isNew ? "sign-up" : "account.changed", account: isNew ? account : nil,
          actor: claims.email, in: nil, of: claims.subject, request,
          facts: [("issuer", issuer.name)]), db)
      return isNew
    }
    let word = isNew ? "created" : "updated"
    return .json(Accounts.Message(message: "User profile \(word) successfully"))
  }
}

extension Identities {
  /// A token in a body, for clients that do not send it in a header.
  struct TokenText: WireInput {
    let token: String?
    static let inputs = Inputs(TokenText.init, .optional("token", .secret(1...65_536)))
  }

  /// The body with the invitation of a person who has no account yet.
  struct Arrival: WireInput {
    let invitation: String?
    static let inputs = Inputs(Arrival.init, .optional("invitation", .secret(1...1024)))
  }

  /// The answer about the bearer of a token.
  struct Verified: WireOutput {
    let id: String
    let email: String?
    /// The account's profile; nil when the person has no account here yet.
    let profile: Users.User?

    static let fields: Fields<Verified> = [
      Field("valid") { _ in true },
      Field("user") { $0.user },
    ]

    private var user: Bearer { Bearer(verified: self) }

    /// The bearer of the token.
    struct Bearer: WireOutput {
      let verified: Verified

      static let fields: Fields<Bearer> = [
        Field("id") { $0.verified.id },
        Field("email") { $0.verified.email },
        Field("profile") { $0.verified.profile },
      ]
    }
  }
}
