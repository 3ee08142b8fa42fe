internal import Cryptography
internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Sign-up, sign-in and sign-out on all faces.
enum Accounts {
  static let routes: [Route] = [
    .open(
      .root, .post(audit: .byHandler), "/auth/signup", "accounts.signUp",
      "Creates an account for a labeler or a customer; an invitation makes it a member.",
      takes: .json(SignUp.schema), gives: User.schema, status: 201, signUp),
    .open(
      .root, .post(audit: .byHandler), "/auth/login", "accounts.signIn",
      "Returns tokens for a username and password.",
      takes: .json(SignIn.schema), gives: Tokens.schema, signIn),
    .on(
      .root, .post(audit: .byHandler), "/auth/logout", for: .person, "accounts.signOut",
      "Ends the session.",
      gives: Message.schema, signOut),
    .on(
      .root, .get, "/auth/me", for: .signedIn, "accounts.me",
      "Returns the signed-in account with its points.",
      gives: Me.schema, me),
    .open(
      .api, .post(audit: .byHandler), "/api/auth/register", "accounts.register",
      "Creates a customer's account: with its own organization, or as a member by an invitation.",
      takes: .json(Registration.schema), gives: Registered.schema, status: 201, register),
    .open(
      .api, .post(audit: .byHandler), "/api/auth/login", "accounts.apiSignIn",
      "Returns tokens for a username and password.",
      takes: .json(SignIn.schema), gives: Tokens.schema, signIn),
    .open(
      .api, .post(audit: .nothing), "/api/auth/refresh", "accounts.refresh",
      "Returns new tokens. A refresh token that is used again gives the same new one until that one "
        + "is used; used later, it ends its session.",
      takes: .json(Refresh.schema), gives: Tokens.schema, refresh),
    .on(
      .api, .post(audit: .byHandler), "/api/auth/logout", for: .person, "accounts.apiSignOut",
      "Ends the session.",
      gives: Message.schema, signOut),
    .open(
      .v1, .post(audit: .byHandler), "/api/v1/auth/login", "accounts.v1SignIn",
      "Returns tokens for a username and password.",
      takes: .json(SignIn.schema), gives: Tokens.schema, signIn),
  ]

  private static func signUp(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(SignUp.self)
    let user = User(
      id: .new(), username: form.username, email: form.email, role: form.role?.role ?? .labeler)
    try make(user, form.password, invitation: form.invitation, request, context)
    return .json(user)
  }

  private static func register(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(Registration.self)
    let account = ID<Account>.new()
    let user = User(
      id: account, username: form.username ?? derivedName(of: form.email, account),
      email: form.email, role: .customer)
    try make(user, form.password, invitation: form.invitation, request, context)
    return .json(Registered(user: user))
  }

  private static func make(
    _ user: User, _ password: String, invitation: String?, _ request: Request, _ context: Context
  ) throws {
    try refuseCommon(password, names: [user.username, user.email ?? ""])
    // `sign_up` checks again under a lock. This answer costs no hash and tells no names.
    guard try invitation != nil || AccountQueries.isSignUpOpen(context.db) else {
      throw SignUpRule.refusal
    }
    let hash = try context.site.passwords.hash(password)
    try context.db.transaction { db in
      let organization = try insert(user, passwordHash: hash, invitation: invitation, db)
      if user.email != nil { try Addresses.askLetter(for: user.id, context, db) }
      try AuditLogQueries.record(
        AuditLog.Event(
          "sign-up", account: user.id, actor: user.username, in: organization, request,
          facts: organization == nil ? [] : [("invited", "true")]), db)
    }
  }

  /// Makes the account; returns the organization that it joined by an invitation.
  private static func insert(
    _ user: User, passwordHash: String, invitation: String?, _ db: Connection
  ) throws -> ID<Organization>? {
    if let invitation {
      return try AccountQueries.signUp(
        user.id, username: user.username, email: user.email, passwordHash: passwordHash,
        role: user.role, invitation: SHA256.digest(invitation.utf8), db)
    }
    try AccountQueries.signUp(
      user.id, username: user.username, email: user.email, passwordHash: passwordHash,
      role: user.role, organization: user.role == .customer ? .new() : nil, db)
    return nil
  }

  /// Returns a username made from the e-mail address and a part of the id, which makes it unique.
  static func derivedName(of email: String, _ account: ID<Account>) -> String {
    let local = email.prefix { $0 != "@" }.filter { Rule.isUsername(String($0)) }
    return "\(local.prefix(48))-\(account.description.suffix(8))"
  }

  /// Refuses common passwords.
  static func refuseCommon(
    _ password: String, names: [String], field: String = "password"
  ) throws(Problem) {
    let parts = names.flatMap { [$0, String($0.prefix { $0 != "@" })] }
    guard !CommonPasswords.contain(password, names: parts) else {
      throw .invalid([Violation(field, "is too common")])
    }
  }

  private static func signIn(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(SignIn.self)
    return .json(try PasswordSignIn(request: request, context: context).signIn(form))
  }

  private static func refresh(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(Refresh.self)
    return .json(try PasswordSignIn(request: request, context: context).refresh(form.token))
  }

  private static func signOut(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try context.db.transaction { db in
      if let session = caller.session { try SessionQueries.end(session, db) }
      try AuditLogQueries.record(AuditLog.Event("sign-out", by: caller, request), db)
    }
    return .json(Message(message: "Signed out."))
  }

  /// Returns the caller's account with its points.
  static func me(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    .json(try AccountQueries.me(caller.id, context.db))
  }
}
