internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// Organizations, their names and their roles.
enum Organizations {
  static let routes: [Route] = [
    .on(
      .api, .post(audit: .byHandler), "/api/organizations", for: .requester, "organizations.create",
      "Creates an organization, owned by the caller. The site limits the number for each account.",
      takes: .json(Name.schema), gives: Row.schema, status: 201, create),
    .list(
      .api(as: "organizations"), "/api/organizations", for: .signedIn, "organizations.list",
      "Lists the caller's organizations.",
      of: Row.self, list),
    .on(
      .api, .get, "/api/organizations/{organization}", for: .signedIn, "organizations.show",
      "Returns an organization.", gives: Row.schema, show),
    .on(
      .api, .put(audit: .byHandler), "/api/organizations/{organization}", for: .person,
      "organizations.rename",
      "Renames an organization.",
      takes: .json(Name.schema), gives: Row.schema, rename),
  ]

  private static func create(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Name.self)
    let organization = ID<Organization>.new()
    let row = try context.db.transaction { db in
      try OrganizationQueries.make(organization, name: form.name, db)
      let row = Row(
        id: organization, name: form.name, role: .owner, members: 1, createdAt: .now())
      try AuditLogQueries.record(
        AuditLog.Event(
          "organization.created", by: caller, of: organization.description, request), db)
      return row
    }
    return .json(row)
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Row> {
    let total = try OrganizationQueries.count(for: caller, context.db)
    let rows = try OrganizationQueries.list(
      for: caller, limit: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: rows, total: total)
  }

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    .json(try caller.visibleOrganization(request, context))
  }

  private static func rename(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Name.self)
    let organization = try caller.managedOrganization(request, context)
    try context.db.transaction { db in
      try OrganizationQueries.rename(organization.id, to: form.name, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "organization.renamed", by: caller, of: organization.id.description, request,
          facts: [("name", form.name)]), db)
    }
    return .json(try caller.visibleOrganization(request, context))
  }
}

extension Caller {
  /// Returns the organization in the path.
  /// - Throws: 404 when the caller is not a member, as for an unknown organization.
  func visibleOrganization(
    _ request: Request, _ context: Context
  ) throws -> Organizations.Row {
    let id = try request.id("organization", of: Organization.self)
    guard let row = try OrganizationQueries.organization(id, for: self, context.db) else {
      throw Problem.notFound("organization")
    }
    return row
  }

  /// Returns the organization in the path, for its owners and admins.
  /// - Throws: 403 for other members.
  func managedOrganization(
    _ request: Request, _ context: Context
  ) throws -> Organizations.Row {
    let row = try visibleOrganization(request, context)
    guard row.role == .owner || row.role == .admin else {
      throw Problem.forbidden("Only the organization's owners and admins can do this.")
    }
    return row
  }
}

/// The role of an account in an organization.
enum OrganizationRole: String, CaseIterable, PostgresDecodable {
  /// In the order of their rights, the most first.
  case owner, admin, member

  /// Whether a role has rights that another one has not.
  func exceeds(_ other: OrganizationRole) -> Bool { rank < other.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Organizations {
  /// The body that names an organization.
  struct Name: WireInput {
    let name: String
    static let inputs = Inputs(Name.init, .required("name", .line(1...200)))
  }

  /// An organization as a member sees it.
  struct Row: WireOutput {
    let id: ID<Organization>
    let name: String
    /// The caller's role.
    let role: OrganizationRole
    let members: Int
    let createdAt: Timestamp

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("name") { $0.name },
      Field("role") { $0.role.rawValue },
      Field("member_count") { $0.members },
      Field("created_at") { $0.createdAt },
    ]
  }
}
