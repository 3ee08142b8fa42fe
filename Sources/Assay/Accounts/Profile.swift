internal import Cryptography
internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Reads and changes the caller's own account.
enum Profile {
  static let routes: [Route] = [
    .on(
      .api, .get, "/api/auth/me", for: .signedIn, "profile.show", "Returns the caller's account.",
      gives: Users.Own.schema, show),
    .on(
      .api, .put(audit: .byHandler), "/api/auth/profile", for: .person, "profile.change",
      "Changes the caller's names or current organization.",
      takes: .json(Change.schema), gives: Users.Own.schema, change),
    .on(
      .root, .put(audit: .byHandler), "/auth/me", for: .person, "profile.changeOwn",
      "Changes the caller's names or current organization, or hides the name on leaderboards.",
      takes: .json(OwnChange.schema), gives: Accounts.Me.schema, changeOwn),
    .on(
      .api, .put(audit: .byHandler), "/api/auth/password", for: .person, "profile.changePassword",
      "Changes the caller's password. Ends all other sessions, all keys and all reset links.",
      takes: .json(PasswordChange.schema), gives: Accounts.Message.schema, changePassword),
    .open(
      .api, .post(audit: .nothing), "/api/auth/forgot-password", "profile.forgotPassword",
      "Sends an e-mail with a link that sets a new password.",
      takes: .json(Forgotten.schema), gives: Accounts.Message.schema, forgotPassword),
    .open(
      .api, .post(audit: .byHandler), "/api/auth/reset-password", "profile.resetPassword",
      "Sets a new password with a reset link's token. Ends all sessions, keys and other links.",
      takes: .json(Reset.schema), gives: Accounts.Message.schema, resetPassword),
    .on(
      .v1, .get, "/api/v1/auth/me", for: .signedIn, "profile.v1Show",
      "Returns the caller's account.",
      gives: Users.Own.schema, show),
  ]

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    guard let user = try UserQueries.user(caller.id, context.db) else {
      throw Problem.notFound("user")
    }
    return .json(Users.Own(user: user))
  }

  private static func change(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try apply(try request.json(Change.self), hidingName: nil, request, context, caller)
    return try show(request, context, caller)
  }

  private static func changeOwn(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(OwnChange.self)
    try apply(form.change, hidingName: form.isAnonymous, request, context, caller)
    return try Accounts.me(request, context, caller)
  }

  private static func apply(
    _ form: Change, hidingName isHidden: Bool?, _ request: Request, _ context: Context,
    _ caller: Caller
  ) throws {
    let changes = AccountChanges(
      username: form.username, email: form.email, fullName: form.fullName)
    try context.db.transaction { db in
      if let organization = form.organization {
        guard try AccountQueries.choose(organization, db) else {
          throw Problem.invalid([Violation("organization_id", "must be one of your organizations")])
        }
      }
      try Addresses.changing(caller.id, to: form.email, context, db) {
        _ = try UserQueries.change(caller.id, changes, db)
      }
      if let isHidden { try AccountQueries.hideName(isHidden, db) }
      let hiding = isHidden.map { [("anonymous", String($0))] as [(StaticString, String)] } ?? []
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.changed", by: caller, of: caller.id.description, request,
          facts: changes.facts + hiding), db)
    }
  }

  private static func changePassword(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(PasswordChange.self)
    let user = try AccountQueries.profile(caller.id, context.db)
    try Accounts.refuseCommon(
      form.new, names: [user.username, user.email ?? ""], field: "new_password")
    // Not 401: the session is valid, only the password in the body is wrong.
    let wrong = Problem.invalid([Violation("current_password", "is wrong")])
    let old: String
    do {
      let signIn = PasswordSignIn(request: request, context: context)
      old = try signIn.verify(user.username, form.current).account.passwordHash
    } catch let problem as Problem where problem.status == 401 {
      throw wrong
    }
    let hash = try context.site.passwords.hash(form.new)
    try context.db.transaction { db in
      guard try UserQueries.changePassword(from: old, to: hash, keeping: caller.session, db) else {
        throw wrong
      }
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.password", by: caller, request,
          facts: try APIKeyQueries.retired(of: caller.id, db)), db)
    }
    return .json(Accounts.Message(message: "The password has been changed."))
  }

  /// Gives the same answer for every name, so that only the letter reveals whether there is an
  /// account.
  private static func forgotPassword(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(Forgotten.self)
    guard context.site.config.mail != nil, let origin = context.site.config.publicURL else {
      return .json(
        Accounts.Message(
          message: "This site sends no e-mail: ask an administrator for a link."))
    }
    try UserQueries.askReset(
      for: form.login, origin: origin, context.db)
    return .json(
      Accounts.Message(message: "If the account exists, an e-mail with a link will be sent."))
  }

  private static func resetPassword(_ request: Request, _ context: Context) throws -> Response {
    let form = try request.json(Reset.self)
    try Accounts.refuseCommon(form.password, names: [], field: "new_password")
    let hash = try context.site.passwords.hash(form.password)
    let token = SHA256.digest(form.token.utf8)
    try context.db.transaction { db in
      let losers = try AddressQueries.proveByReset(token, db)
      guard let account = try UserQueries.useReset(token, hash, db) else {
        throw refusal(of: try UserQueries.state(ofReset: token, db))
      }
      try SignInQueries.noteResetNetwork(of: account, address: request.remoteAddress, db)
      try Addresses.record(losers, request, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.password-reset", account: account, actor: nil, in: nil, request,
          facts: try APIKeyQueries.retired(of: account, db)), db)
    }
    return .json(
      Accounts.Message(message: "The password has been changed: sign in with the new password."))
  }

  /// Returns the error for a reset link that is not valid.
  private static func refusal(of state: UserQueries.ResetState?) -> Problem {
    switch state {
    case .used:
      Problem(
        404, "The link was used, or the password or address has changed since: request a new link.")
    case .expired: Problem(404, "The link has expired: request a new one.")
    case .closed: Problem(404, "The account is deactivated.")
    case nil: Problem(404, "No account has this link: copy the whole address.")
    }
  }
}

extension Profile {
  /// The body that changes the caller's account; absent members stay unchanged.
  struct Change: WireInput {
    let username: String?
    let email: String?
    let fullName: String?
    let organization: ID<Organization>?

    static let inputs = Inputs(
      Change.init,
      .optional("username", .username),
      .optional("email", .email),
      .optional("full_name", .line(0...200)),
      .optional("organization_id", .id()))
  }

  /// The body of the root face, which can also hide the caller's name on leaderboards.
  struct OwnChange: WireInput {
    let change: Change
    let isAnonymous: Bool?

    init(
      username: String?, email: String?, fullName: String?, organization: ID<Organization>?,
      isAnonymous: Bool?
    ) {
      change = Change(
        username: username, email: email, fullName: fullName, organization: organization)
      self.isAnonymous = isAnonymous
    }

    static let inputs = Inputs(
      OwnChange.init,
      .optional("username", .username),
      .optional("email", .email),
      .optional("full_name", .line(0...200)),
      .optional("organization_id", .id()),
      .optional("anonymous", .truth))
  }

  /// The body that changes the caller's password.
  struct PasswordChange: WireInput {
    let current: String
    let new: String

    static let inputs = Inputs(
      PasswordChange.init,
      .required("current_password", .secret(1...1024)),
      .required("new_password", .newPassword))
  }

  /// The body that requests a reset letter; `email` takes precedence over `username`.
  struct Forgotten: WireInput {
    let login: String

    init?(email: String?, username: String?) {
      guard let login = email ?? username else { return nil }
      self.login = login
    }

    static let inputs = Inputs(
      Forgotten.init,
      .optional("email", .line(1...320)),
      .optional("username", .line(1...320)),
      alternatives: Alternatives(
        ["email", "username"], orElse: Violation("email", "is required")))
  }

  /// The body that sets a new password with a link's token.
  struct Reset: WireInput {
    let token: String
    let password: String

    init?(token: String, new: String?, password: String?) {
      guard let password = password ?? new else { return nil }
      (self.token, self.password) = (token, password)
    }

    static let inputs = Inputs(
      Reset.init,
      .required("token", .secret(1...1024)),
      .optional("new_password", .newPassword),
      .optional("password", .newPassword),
      alternatives: Alternatives(
        ["new_password", "password"], orElse: Violation("new_password", "is required")))
  }
}
