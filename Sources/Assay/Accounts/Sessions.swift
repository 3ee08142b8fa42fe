internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The caller's sessions on all faces: each is a device or a program that has signed in.
enum Sessions {
  static let routes: [Route] = [
    .list(
      .root, "/auth/sessions", for: .person, "sessions.list",
      "Lists the caller's open sessions, newest first.", of: Row.self, list),
    .on(
      .root, .delete(audit: .byHandler), "/auth/sessions", for: .person, "sessions.endOthers",
      "Ends all of the caller's sessions but the one that sends this.", gives: Ended.schema,
      endOthers),
    .on(
      .root, .delete(audit: .byHandler), "/auth/sessions/{session}", for: .person, "sessions.end",
      "Ends one of the caller's sessions. Its next request fails.",
      gives: Accounts.Message.schema, end),
    .list(
      .api(as: "sessions"), "/api/auth/sessions", for: .person, "sessions.apiList",
      "Lists the caller's open sessions, newest first.", of: Row.self, page),
    .on(
      .api, .delete(audit: .byHandler), "/api/auth/sessions", for: .person,
      "sessions.apiEndOthers", "Ends all of the caller's sessions but the one that sends this.",
      gives: Ended.schema, endOthers),
    .on(
      .api, .delete(audit: .byHandler), "/api/auth/sessions/{session}", for: .person,
      "sessions.apiEnd", "Ends one of the caller's sessions. Its next request fails.",
      gives: Accounts.Message.schema, end),
    .list(
      .v1, "/api/v1/auth/sessions", for: .person, "sessions.v1List",
      "Lists the caller's open sessions, newest first.", of: Row.self, page),
    .on(
      .v1, .delete(audit: .byHandler), "/api/v1/auth/sessions", for: .person,
      "sessions.v1EndOthers", "Ends all of the caller's sessions but the one that sends this.",
      gives: Ended.schema, endOthers),
    .on(
      .v1, .delete(audit: .byHandler), "/api/v1/auth/sessions/{session}", for: .person,
      "sessions.v1End", "Ends one of the caller's sessions. Its next request fails.",
      gives: Accounts.Message.schema, end),
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try Listing.respond(request, context, caller) { limit, after in
      try OwnSessionQueries.list(of: caller, limit: limit, after: after, context.db)
    }
  }

  private static func page(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Row> {
    let total = try OwnSessionQueries.count(of: caller.id, context.db)
    let rows = try OwnSessionQueries.list(
      of: caller, limit: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: rows, total: total)
  }

  private static func end(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let session = try request.id("session", of: Session.self)
    try context.db.transaction { db in
      try lock(caller, db)
      guard try OwnSessionQueries.end(session, of: caller.id, db) else {
        throw Problem.notFound("session")
      }
      try AuditLogQueries.record(
        AuditLog.Event("session.ended", by: caller, of: session.description, request), db)
    }
    return .json(Accounts.Message(message: "The session has ended."))
  }

  private static func endOthers(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let count = try context.db.transaction { db in
      try lock(caller, db)
      let count = try OwnSessionQueries.endOthers(of: caller, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "sessions.ended", by: caller, request, facts: [("sessions", String(count))]), db)
      return count
    }
    return .json(Ended(count: count))
  }

  /// Locks the account, so that of two sessions that end each other at once only one succeeds.
  /// - Throws: 401 when the caller's session has ended before the lock was taken.
  private static func lock(_ caller: Caller, _ db: Connection) throws {
    try GrantQueries.lock(caller.id, db)
    guard let session = caller.session else { return }
    guard try OwnSessionQueries.isOpen(session, db) else { throw Access.isOver }
  }
}

extension Sessions {
  /// One session in a list.
  struct Row: ListedRow {
    let id: ID<Session>
    let device: String?
    let address: String?
    let createdAt: Timestamp
    let lastUsedAt: Timestamp
    let expiresAt: Timestamp
    let isCurrent: Bool

    var cursor: UUIDBytes { id.bytes }

    static let fields: Fields<Row> = [
      Field("id") { $0.id },
      Field("device_name") { $0.device },
      Field("address") { $0.address },
      Field("created_at") { $0.createdAt },
      Field("last_used_at") { $0.lastUsedAt },
      Field("expires_at") { $0.expiresAt },
      Field("is_current") { $0.isCurrent },
    ]
  }

  /// The answer to the end of all other sessions.
  struct Ended: WireOutput {
    let count: Int

    static let fields: Fields<Ended> = [
      Field("message") { _ in "All other sessions have ended." },
      Field("ended") { $0.count },
    ]
  }
}
