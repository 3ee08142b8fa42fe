internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The members of an organization.
enum Members {
  static let routes: [Route] = [
    .list(
      .api(as: "members"), "/api/organizations/{organization}/members", for: .signedIn,
      "organizations.members", "Lists an organization's members.",
      of: Organizations.Member.self, list),
    .on(
      .api, .post(audit: .byHandler), "/api/organizations/{organization}/members", for: .person,
      "organizations.addMember", "Adds an account as a member.",
      takes: .json(NewMember.schema), gives: Accounts.Message.schema, status: 201, add),
    .on(
      .api, .put(audit: .byHandler), "/api/organizations/{organization}/members/{user}",
      for: .person,
      "organizations.changeMember", "Changes a member's role.",
      takes: .json(Appointed.schema), gives: Accounts.Message.schema, change),
    .on(
      .api, .delete(audit: .byHandler), "/api/organizations/{organization}/members/{user}",
      for: .person,
      "organizations.removeMember", "Removes a member, or the caller.",
      gives: Accounts.Message.schema, remove),
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Organizations.Member> {
    let organization = try caller.visibleOrganization(request, context)
    let rows = try MemberQueries.list(
      of: organization.id, for: caller, limit: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: rows, total: organization.members)
  }

  private static func add(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(NewMember.self)
    let organization = try caller.managedOrganization(request, context)
    let role = form.role ?? .member
    try expectMayAppoint(role, organization)
    let account = try account(named: form.login, context)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      try expectMayAppoint(role, caller.managedOrganization(request, context))
      if let old = try MemberQueries.role(of: account, in: organization.id, db) {
        throw Problem.conflict("The account is already a member, as \(old.rawValue).")
      }
      guard try MemberQueries.add(account, to: organization.id, as: role, db) else {
        throw Problem.notFound("user")
      }
      try record("member.added", account, role, organization, caller, request, db)
    }
    return .json(Accounts.Message(message: "The account is a member now."))
  }

  /// Returns the account with a username or a verified address.
  /// - Throws: 404, the same for an unknown address and for an unverified one.
  static func account(named login: String, _ context: Context) throws -> ID<Account> {
    if let account = try MemberQueries.account(named: login, context.db) { return account }
    guard login.contains("@") else { throw Problem.notFound("user") }
    throw Problem(
      404, "No account has verified that e-mail address: send an invitation instead.")
  }

  /// Checks that only owners add, change or remove owners.
  static func expectMayAppoint(
    _ role: OrganizationRole, _ organization: Organizations.Row
  ) throws(Problem) {
    guard role != .owner || organization.role == .owner else {
      throw .forbidden("Only an owner can add, change or remove owners.")
    }
  }

  private static func change(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Appointed.self)
    let account = try request.id("user", of: Account.self)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      let organization = try caller.managedOrganization(request, context)
      guard let old = try MemberQueries.role(of: account, in: organization.id, db) else {
        throw Problem.notFound("member")
      }
      try expectMayAppoint(old, organization)
      try expectMayAppoint(form.role, organization)
      guard try MemberQueries.change(account, in: organization.id, to: form.role, db) else {
        throw Problem.notFound("member")
      }
      try record("member.role", account, form.role, organization, caller, request, db)
    }
    return .json(Accounts.Message(message: "The member's role is now \(form.role.rawValue)."))
  }

  private static func remove(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let account = try request.id("user", of: Account.self)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      let organization =
        account == caller.id
        ? try caller.visibleOrganization(request, context)
        : try caller.managedOrganization(request, context)
      guard let old = try MemberQueries.role(of: account, in: organization.id, db) else {
        throw Problem.notFound("member")
      }
      if account != caller.id { try expectMayAppoint(old, organization) }
      guard try MemberQueries.remove(account, from: organization.id, db) else {
        throw Problem.notFound("member")
      }
      try record("member.removed", account, old, organization, caller, request, db)
    }
    return .json(Accounts.Message(message: "The account is no longer a member."))
  }

  private static func record(
    _ action: String, _ account: ID<Account>, _ role: OrganizationRole,
    _ organization: Organizations.Row, _ caller: Caller, _ request: Request, _ db: Connection
  ) throws(PostgresError) {
    try AuditLogQueries.record(
      AuditLog.Event(
        action, account: caller.id, actor: nil, in: organization.id, of: account.description,
        request, facts: [("role", role.rawValue)]), db)
  }
}

extension Members {
  /// The body that adds a member; `username` takes precedence over `email`.
  struct NewMember: WireInput {
    let login: String
    let role: OrganizationRole?

    init?(username: String?, email: String?, role: OrganizationRole?) {
      guard let login = username ?? email else { return nil }
      (self.login, self.role) = (login, role)
    }

    static let inputs = Inputs(
      NewMember.init,
      .optional("username", .line(1...320)),
      .optional("email", .line(1...320)),
      .optional("role", .choice),
      alternatives: Alternatives(
        ["username", "email"], orElse: Violation("username", "or email is required")))
  }

  /// The body that changes a member's role.
  struct Appointed: WireInput {
    let role: OrganizationRole
    static let inputs = Inputs(Appointed.init, .required("role", .choice))
  }
}

extension Organizations {
  /// A member as other members see it.
  struct Member: WireOutput {
    let id: ID<Account>
    let username: String
    let email: String?
    let fullName: String?
    let role: OrganizationRole
    let createdAt: Timestamp

    static let fields: Fields<Member> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("email") { $0.email },
      Field("full_name") { $0.fullName },
      Field("role") { $0.role.rawValue },
      Field("created_at") { $0.createdAt },
    ]
  }
}
