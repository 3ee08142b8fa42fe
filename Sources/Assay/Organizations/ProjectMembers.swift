internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The members of a project and their roles.
enum ProjectMembers {
  static let routes: [Route] = [
    .list(
      .api(as: "members"), "/api/projects/{project}/members", for: .requester,
      "organizations.projectMembers",
      "Lists the members of a project.", of: Member.self, list),
    .on(
      .api, .post(audit: .byHandler), "/api/projects/{project}/members", for: .requester.inPerson,
      "organizations.addProjectMember", "Gives an account a role in a project.",
      takes: .json(NewMember.schema), gives: Member.schema, status: 201, add),
    .on(
      .api, .delete(audit: .byHandler), "/api/projects/{project}/members/{user}",
      for: .requester.inPerson,
      "organizations.removeProjectMember", "Removes all roles of an account in a project.",
      gives: Accounts.Message.schema, remove),
  ]

  private static func expectRuns(
    _ project: ID<Project>, _ caller: Caller, _ context: Context
  ) throws {
    guard try MemberQueries.runs(project, caller, context.db) else {
      throw Problem.forbidden("Only admins of the project or of its organization can do this.")
    }
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Member> {
    let project = try caller.project(request, context, as: "project").id
    let rows = try MemberQueries.list(of: project, context.db)
    let page = Array(rows.dropFirst(window.skipped).prefix(window.limit))
    return Counted(rows: page, total: rows.count)
  }

  private static func add(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(NewMember.self)
    let (project, organization) = try caller.project(request, context, as: "project")
    try expectRuns(project, caller, context)
    let account = try Members.account(named: form.login, context)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      try expectRuns(project, caller, context)
      try MemberQueries.add(account, to: project, of: organization, as: form.role, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "project.member-added", account: caller.id, actor: nil, in: organization,
          of: project.description, request,
          facts: [("account", account.description), ("role", form.role.rawValue)]), db)
    }
    return .json(Member(id: account, username: form.login, role: form.role))
  }

  private static func remove(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let account = try request.id("user", of: Account.self)
    try context.db.transaction { db in
      try GrantQueries.lock(account, db)
      let (project, organization) = try caller.project(request, context, as: "project")
      try expectRuns(project, caller, context)
      guard try MemberQueries.remove(account, from: project, of: organization, db) else {
        throw Problem.notFound("member")
      }
      try AuditLogQueries.record(
        AuditLog.Event(
          "project.member-removed", account: caller.id, actor: nil, in: organization,
          of: project.description, request, facts: [("account", account.description)]), db)
    }
    return .json(Accounts.Message(message: "The account has no role in the project any more."))
  }
}

/// The role of an account in a project.
enum ProjectRole: String, CaseIterable, PostgresDecodable {
  case admin, reviewer, labeler, viewer, customer
}

extension ProjectMembers {
  /// The body that adds a role; `username` takes precedence over `email`.
  struct NewMember: WireInput {
    let login: String
    let role: ProjectRole

    init?(username: String?, email: String?, role: ProjectRole) {
      guard let login = username ?? email else { return nil }
      (self.login, self.role) = (login, role)
    }
    static let inputs = Inputs(
      NewMember.init,
      .optional("username", .line(1...320)),
      .optional("email", .line(1...320)),
      .required("role", .choice),
      alternatives: Alternatives(
        ["username", "email"], orElse: Violation("username", "or email is required")))
  }

  /// A member's role in a project.
  struct Member: WireOutput {
    let id: ID<Account>
    let username: String
    let role: ProjectRole

    static let fields: Fields<Member> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("role") { $0.role.rawValue },
    ]
  }
}
