internal import Cryptography
internal import HTTP
internal import Postgres

/// Signing up, in and out.
enum Accounts {
  static let routes: [Route] = [
    .open(
      .post, "/auth/signup", "accounts.signUp", "Makes a labeler's or a customer's account.",
      takes: .json(SignUp.schema), gives: User.schema, status: 201, signUp),
    .open(
      .post, "/auth/login", "accounts.signIn", "Gives tokens for a username and password.",
      takes: .json(SignIn.schema), gives: Tokens.schema, signIn),
    .on(
      .post, "/auth/logout", for: .signedIn, "accounts.signOut", "Ends the session.",
      gives: Message.schema, signOut),
    .on(
      .get, "/auth/me", for: .signedIn, "accounts.me", "Tells who is signed in.",
      gives: User.schema, me),
  ]

  /// Seconds an access token lasts: a working day, since the contract's client cannot refresh.
  private static let accessSeconds = 12 * 3600
  /// Seconds a session lasts.
  private static let sessionSeconds = 30 * 86_400

  private static func signUp(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(SignUp.self)
    let role = form.role?.role ?? .labeler
    let account = ID<Account>.new()
    let hash = try context.site.passwords.hash(form.password)
    try AccountQueries.signUp(
      account, username: form.username, email: form.email, passwordHash: hash, role: role,
      organization: role == .customer ? .new() : nil, context.db)
    return .json(User(id: account, username: form.username, email: form.email, role: role), 201)
  }

  private static func signIn(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(SignIn.self)
    guard let login = form.username ?? form.email ?? form.name else {
      throw Problem.invalid([Violation("username", "is required")])
    }
    let found = try AccountQueries.credentials(login: login, context.db)
    let isRight = try context.site.passwords.matches(form.password, found?.passwordHash)
    guard let found, isRight, found.isActive else {
      throw Problem.unauthorized("The username or the password is wrong.")
    }
    let user = User(
      id: found.account, username: found.username, email: found.email, role: found.role)
    return .json(try openSession(user, found.organization, context))
  }

  private static func openSession(
    _ user: User, _ organization: ID<Organization>?, _ context: Context
  ) throws -> Tokens {
    let session = ID<Session>.new()
    let refresh = Base64URL.encode(Random.bytes(32))
    let expires = Timestamp.now(plusSeconds: accessSeconds)
    let token = AccessToken(
      subject: user.id.description, session: session.description, role: user.role.rawValue,
      organization: organization?.description,
      expires: Int(expires.microseconds / 1_000_000))
    guard let text = token.signed(with: context.site.config.tokenKey) else {
      throw Problem.unavailable("No token could be made: try again in a moment.")
    }
    try SessionQueries.open(
      session, of: user.id, refreshHash: SHA256.digest(refresh.utf8),
      until: .now(plusSeconds: sessionSeconds), context.db)
    return Tokens(
      accessToken: text, expiresIn: accessSeconds, refreshToken: refresh, user: user)
  }

  private static func signOut(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try SessionQueries.end(caller.session, context.db)
    return .json(Message(message: "Signed out."))
  }

  private static func me(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    .json(try AccountQueries.profile(caller.id, context.db))
  }
}
