package import HTTP

/// What a route does: its method and, when it writes, what the audit log keeps.
///
/// A method that writes exists only together with `audit:`, so no route can leave the choice out.
package struct Verb: Sendable {
  /// The HTTP method.
  package let method: Method
  /// What the audit log keeps of a request that succeeds.
  package let audit: Recording

  private init(_ method: Method, _ audit: Recording) { (self.method, self.audit) = (method, audit) }

  /// Reads; the audit log keeps nothing.
  package static let get = Verb(.get, .nothing)
  /// Creates something or starts an action.
  package static func post(audit: Recording) -> Verb { Verb(.post, audit) }
  /// Changes something.
  package static func put(audit: Recording) -> Verb { Verb(.put, audit) }
  /// Deletes something.
  package static func delete(audit: Recording) -> Verb { Verb(.delete, audit) }
}

/// What the audit log keeps of a request that succeeds; refusals are always recorded.
package enum Recording: String, Sendable {
  /// No entry: the rows themselves say who made them, or nothing changes.
  case nothing
  /// The handler writes the entry, in the transaction that does the work.
  case byHandler
  /// The route writes an entry with its own name, in the handler's transaction.
  case byRoute
}
