internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// The accounts of the site, for administrators and for their owners.
enum Users {
  static let routes: [Route] = [
    .on(
      .v1, .post(audit: .byHandler), "/api/v1/users", for: .admin.inPerson, "users.create",
      "Creates an account.",
      takes: .json(NewUser.schema), gives: User.schema, status: 201, create),
    .list(
      .v1, "/api/v1/users", for: .admin, "users.list", "Lists accounts, page by page.",
      of: User.self, list),
    .on(
      .v1, .get, "/api/v1/users/{user}", for: .signedIn, "users.show",
      "Returns the caller's account, or for administrators any account.",
      gives: User.schema, show),
    .on(
      .v1, .put(audit: .byHandler), "/api/v1/users/{user}", for: .person, "users.change",
      "Changes the caller's names. Administrators can change any account.",
      takes: .json(Change.schema), gives: User.schema, change),
    .on(
      .v1, .delete(audit: .byHandler), "/api/v1/users/{user}", for: .person, "users.delete",
      "Deletes an account. Its labels and other work are kept.",
      gives: Accounts.Message.schema, delete),
    .on(
      .root, .post(audit: .byHandler), "/admin/users", for: .admin.inPerson, "users.adminCreate",
      "Creates an account.",
      takes: .json(NewUser.schema), gives: User.schema, status: 201, create),
    .on(
      .root, .put(audit: .byHandler), "/admin/users/{user}", for: .admin.inPerson,
      "users.adminChange",
      "Changes an account's names, role or active state. Deactivation ends its sessions and keys "
        + "for good.",
      takes: .json(Change.schema), gives: User.schema, change),
    .on(
      .root, .post(audit: .byHandler), "/admin/users/{user}/reset", for: .admin.inPerson,
      "users.reset",
      "Creates a link with which the account's owner sets a new password.",
      gives: ResetLink.schema, status: 201, reset),
  ]

  private static func create(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(NewUser.self)
    let role = form.role ?? .labeler
    try expectMayGrant(role, caller)
    let account = ID<Account>.new()
    let username = form.username ?? Accounts.derivedName(of: form.email ?? "", account)
    try Accounts.refuseCommon(form.password, names: [username, form.email ?? ""])
    let hash = try context.site.passwords.hash(form.password)
    try context.db.transaction { db in
      try UserQueries.add(
        account, username: username, email: form.email, fullName: form.fullName,
        passwordHash: hash, role: role, db)
      if !form.isActive {
        _ = try UserQueries.change(account, AccountChanges(isActive: false), db)
      }
      if form.email != nil { try Addresses.askLetter(for: account, context, db) }
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.created", by: caller, of: account.description, request,
          facts: [("username", username), ("role", role.rawValue)]), db)
    }
    return try answer(account, context)
  }

  /// Refuses a caller other than an admin who would grant or revoke the role admin or universal.
  private static func expectMayGrant(_ role: Role?, _ caller: Caller) throws(Problem) {
    guard let role, Access.admin.roles?.contains(role) == true, caller.role != .admin else {
      return
    }
    throw .forbidden("Only an admin can give or take the role \(role.rawValue).")
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<User> {
    let total = try UserQueries.count(context.db)
    let items = try UserQueries.page(
      size: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: items, total: total)
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try answer(caller.account(request), context)
  }

  private static func change(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let account = try caller.account(request)
    let form = try request.json(Change.self)
    var changes = AccountChanges(
      username: form.username, email: form.email, fullName: form.fullName)
    if caller.seesAll {
      changes.isActive = form.isActive
      changes.role = form.role
    } else if form.role != nil || form.isActive != nil {
      throw Problem.forbidden("Only administrators can change a role or deactivate.")
    }
    if account == caller.id, changes.role != nil, changes.role != caller.role {
      throw Problem.forbidden("You cannot change your own role.")
    }
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      guard let old = try UserQueries.user(account, db) else { throw Problem.notFound("user") }
      if account != caller.id { try expectMayGrant(old.role, caller) }
      try expectMayGrant(changes.role, caller)
      let isThere = try Addresses.changing(account, to: form.email, context, db) {
        try UserQueries.change(account, changes, db)
      }
      guard isThere else { throw Problem.notFound("user") }
      try AuditLogQueries.record(
        AuditLog.Event(
          changes.role == nil ? "account.changed" : "account.role", by: caller,
          of: account.description, request,
          facts: changes.facts + APIKeyQueries.retired(of: account, db)), db)
    }
    return try answer(account, context)
  }

  private static func delete(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let account = try caller.account(request)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      guard let old = try UserQueries.user(account, db) else { throw Problem.notFound("user") }
      if account != caller.id { try expectMayGrant(old.role, caller) }
      guard try UserQueries.delete(account, db) else {
        // Another request has deleted the account, and ended its sessions.
        throw account == caller.id ? Access.isOver : Problem.notFound("user")
      }
      try AuditLogQueries.record(
        AuditLog.Event(
          "account.deleted", by: caller, of: account.description, request,
          facts: try APIKeyQueries.retired(of: account, db)), db)
    }
    return .json(Accounts.Message(message: "The account has been deleted."))
  }

  private static func reset(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let account = try request.id("user", of: Account.self)
    let link = ResetSecret()
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      guard let user = try UserQueries.user(account, db) else { throw Problem.notFound("user") }
      try expectMayGrant(user.role, caller)
      guard try UserQueries.makeReset(for: account, link.hash, until: link.expires, db) else {
        throw Problem.conflict("The account is deactivated: activate it first.")
      }
      try AuditLogQueries.record(
        AuditLog.Event("account.reset-link", by: caller, of: account.description, request), db)
    }
    let origin = context.site.config.publicURL ?? request.origin
    return .json(ResetLink(link: link.address(origin), expires: link.expires))
  }

  private static func answer(
    _ account: ID<Account>, _ context: Context
  ) throws -> Response {
    guard let user = try UserQueries.user(account, context.db) else {
      throw Problem.notFound("user")
    }
    return .json(user)
  }
}

extension Caller {
  /// Returns the account in the path: the caller's own, or any for administrators of the site.
  /// - Throws: 404 for another account.
  func account(_ request: Request) throws(Problem) -> ID<Account> {
    let account = try request.id("user", of: Account.self)
    guard account == id || seesAll else { throw .notFound("user") }
    return account
  }
}
