internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// API keys for programs: named, shown once, with some of their owner's rights.
enum APIKeys {
  static let routes: [Route] = [
    .on(
      .v1, .post(audit: .byHandler), "/api/v1/api-keys", for: .person, "apiKeys.create",
      "Creates a key for a program. It is shown only in this response. All keys of an account are "
        + "revoked when its password changes or when it is deactivated.",
      takes: .json(NewKey.schema), gives: Created.schema, status: 201, create),
    .list(
      .v1, "/api/v1/api-keys", for: .person, "apiKeys.list", "Lists the caller's keys.",
      of: Key.self, list),
    .on(
      .v1, .delete(audit: .byHandler), "/api/v1/api-keys/{key}", for: .person, "apiKeys.revoke",
      "Revokes a key. Its next request fails.", gives: Accounts.Message.schema, revoke),
  ]

  private static func create(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(NewKey.self)
    if form.scopes.contains(.admin), !caller.seesAll {
      throw Problem.forbidden("Only administrators can create keys with the scope admin.")
    }
    let (key, secret) = (ID<APIKey>.new(), KeySecret())
    let createdAt = try context.db.transaction { db in
      let createdAt = try APIKeyQueries.make(
        key, for: caller, form, secretHash: secret.hash, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          "key.created", by: caller, of: key.description, request,
          facts: [("name", form.name)]), db)
      return createdAt
    }
    return .json(
      Created(
        key: Key(
          id: key, name: form.name, scopes: form.scopes.map(\.rawValue), createdAt: createdAt,
          expiresAt: nil, lastUsedAt: nil), secret: secret.text))
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Key> {
    let total = try APIKeyQueries.count(of: caller.id, context.db)
    let items = try APIKeyQueries.page(
      of: caller.id, size: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: items, total: total)
  }

  private static func revoke(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let key = try request.id("key", of: APIKey.self)
    try context.db.transaction { db in
      guard try APIKeyQueries.revoke(key, of: caller.id, db) else {
        throw Problem.notFound("key")
      }
      try AuditLogQueries.record(
        AuditLog.Event("key.revoked", by: caller, of: key.description, request), db)
    }
    return .json(Accounts.Message(message: "The key has been revoked."))
  }
}

extension APIKeys {
  /// The body of a request for a key.
  struct NewKey: WireInput {
    let name: String
    let scopes: [KeyScope]
    let days: Int?

    static let inputs = Inputs(
      NewKey.init,
      .required("name", .line(1...100)),
      .optional("scopes", .list(of: .choice, 1...3), default: [.read, .write]),
      .optional("expires_in_days", .whole(1...3650)))
  }

  /// A key in a list.
  struct Key: WireOutput {
    let id: ID<APIKey>
    let name: String
    let scopes: [String]
    let createdAt: Timestamp
    let expiresAt: Timestamp?
    let lastUsedAt: Timestamp?

    static let fields: Fields<Key> = [
      Field("id") { $0.id },
      Field("name") { $0.name },
      Field("scopes") { $0.scopes },
      Field("created_at") { $0.createdAt },
      Field("expires_at") { $0.expiresAt },
      Field("last_used_at") { $0.lastUsedAt },
    ]
  }

  /// The answer to a new key.
  struct Created: WireOutput {
    let key: Key
    let secret: String

    static let fields: Fields<Created> = [
      Field("id") { $0.key.id },
      Field("name") { $0.key.name },
      Field("scopes") { $0.key.scopes },
      Field("created_at") { $0.key.createdAt },
      Field("key") { $0.secret },
    ]
  }
}
