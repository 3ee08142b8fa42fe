package import HTTP
package import Vocabulary

internal import Postgres

/// Adds entries to the audit log; the feature Audit reads and checks it.
package enum AuditLog {
  /// Runs a handler and adds an entry named after the route: in the handler's transaction, or after a
  /// handler that only reads.
  static func noting(
    _ route: String, by caller: Caller?, _ request: Request, _ context: Context,
    _ handle: () throws -> Response
  ) throws -> Response {
    let event = Event(
      route, account: caller?.id, actor: nil, in: caller?.organization,
      of: request.captures.first?.value, request)
    context.db.closing = AuditLogQueries.entry(event)
    defer { context.db.closing = nil }
    let response = try handle()
    if let entry = context.db.closing { try context.db.run(entry) }
    return response
  }

  /// Records a request that the role or the key does not allow; beyond a number of times in an hour
  /// it is only counted.
  static func refused(
    _ caller: Caller, _ request: Request, _ context: Context
  ) throws(PostgresError) {
    let path = request.target.prefix { $0 != "?" }
    let method = request.method?.rawValue ?? ""
    try AuditLogQueries.recordRefusal(
      Event("refused", by: caller, of: "\(method) \(path.prefix(500))", request), context.db)
  }
}

extension AuditLog {
  /// An entry that is to be added.
  package struct Event {
    /// The action: `sign-in`, `account.role`.
    let action: String
    let account: ID<Account>?
    let actor: String?
    let organization: ID<Organization>?
    /// The id or name of the affected object.
    let object: String?
    let address: String
    let requestID: String?
    /// A JSON object.
    let facts: String

    /// Makes the event of a caller's request.
    package init(
      _ action: String, by caller: Caller, of object: String? = nil, _ request: Request,
      facts: [(StaticString, String)] = []
    ) {
      self.init(
        action, account: caller.id, actor: nil, in: caller.organization, of: object,
        request, facts: facts)
    }

    /// Makes the event of a command.
    package init(
      byCommand action: String, of object: String, facts: [(StaticString, String)] = []
    ) {
      (self.action, self.object) = (action, object)
      (account, actor, organization) = (nil, "command line", nil)
      (address, requestID) = ("", nil)
      self.facts = Self.json(facts)
    }

    /// Makes the event of a request that needs no session.
    package init(
      _ action: String, account: ID<Account>?, actor: String?, in organization: ID<Organization>?,
      of object: String? = nil, _ request: Request, facts: [(StaticString, String)] = []
    ) {
      self.action = action
      self.account = account
      self.actor = actor
      self.organization = organization
      self.object = object
      address = request.remoteAddress
      requestID = request.id
      self.facts = Self.json(facts)
    }

    private static func json(_ facts: [(StaticString, String)]) -> String {
      var writer = JSONWriter()
      writer.object {
        for (name, value) in facts { $0.member(name, value) }
      }
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }
}
