package import Postgres

internal import HTTP
internal import Vocabulary
internal import Web

/// The append-only log of actions; each entry's hash includes the entry before it.
package enum Audit {
  static let routes: [Route] = [
    .on(
      .root, .get, "/admin/audit", for: .admin, "audit.list",
      "Lists the audit log, newest first.", gives: .array(Entry.schema), paging: .number, list)
  ]

  /// The result of checking the chain.
  package enum Verdict: Equatable {
    /// All entries are unchanged.
    case intact(count: Int)
    /// The first entry that was changed, removed or inserted later.
    case broken(number: Int)
    /// The first noted entry that differs from its note: the chain was rewritten.
    case rewritten(number: Int)
  }

  /// Checks every entry of the log against its hash and the noted heads, over the owner's
  /// connection.
  package static func verify(_ db: Connection, heads: [AuditHead] = []) throws -> Verdict {
    let (count, broken) = try AuditQueries.verify(db)
    if let broken { return .broken(number: broken) }
    if let number = try AuditHead.firstChanged(of: heads, db) { return .rewritten(number: number) }
    return .intact(count: count)
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let query = try request.query()
    let limit = try query.int("limit", Paging.limits) ?? 100
    let before = try query.int("after", 1...Int.max)
    let rows = try AuditQueries.list(limit: limit + 1, before: before, context.db)
    let page = Array(rows.prefix(limit))
    var response = Response.json(page)
    if rows.count > limit, let last = page.last {
      let path = request.target.prefix { $0 != "?" }
      let next = "<\(path)?limit=\(limit)&after=\(last.number)>; rel=\"next\""
      response.headers.append(("Link", next))
    }
    return response
  }
}

extension Audit {
  /// Facts as they are stored: a JSON object.
  struct Facts: WireValue {
    let json: String
    static var schema: Schema { .map(nil) }
    func write(to writer: inout JSONWriter) { writer.raw(Array(json.utf8)) }
  }

  /// An entry as administrators of the site see it.
  struct Entry: WireOutput {
    let number: Int
    let at: Timestamp
    let organization: ID<Organization>?
    let account: ID<Account>?
    let actor: String?
    let action: String
    let object: String?
    let address: String?
    let requestID: String?
    let facts: Facts

    static let fields: Fields<Entry> = [
      Field("number") { $0.number },
      Field("at") { $0.at },
      Field("tenant") { $0.organization },
      Field("actor_id") { $0.account },
      Field("actor") { $0.actor },
      Field("action") { $0.action },
      Field("object") { $0.object },
      Field("address") { $0.address },
      Field("trace") { $0.requestID },
      Field("facts") { $0.facts },
    ]
  }
}
