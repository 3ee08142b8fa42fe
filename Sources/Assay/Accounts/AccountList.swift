internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The list of all accounts, for administrators.
enum AccountList {
  static let routes: [Route] = [
    .list(
      .root, "/admin/users", for: .admin, "admin.users", "Lists all accounts.",
      of: Row.self, list)
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try Listing.respond(request, context, caller) { limit, after in
      try AccountQueries.list(limit: limit, after: after, context.db)
    }
  }

  /// An account in a list.
  struct Row: ListedRow {
    let id: ID<Account>
    let username: String
    let email: String?
    let role: Role
    let isActive: Bool
    let createdAt: Timestamp

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("email") { $0.email },
      Field("role") { $0.role.rawValue },
      Field("is_active") { $0.isActive },
      Field("created_at") { $0.createdAt },
    ]
  }
}
