package import HTTP

/// The method of a route and, when it writes, its audit rule.
///
/// A method that writes exists only with `audit:`, so no route can omit it.
package struct Verb: Sendable {
  /// The HTTP method.
  package let method: Method
  /// The audit rule for requests that succeed.
  package let audit: Recording

  private init(_ method: Method, _ audit: Recording) { (self.method, self.audit) = (method, audit) }

  /// A read, which is not audited.
  package static let get = Verb(.get, .nothing)
  /// Creates something or starts an action.
  package static func post(audit: Recording) -> Verb { Verb(.post, audit) }
  /// Changes something.
  package static func put(audit: Recording) -> Verb { Verb(.put, audit) }
  /// Deletes something.
  package static func delete(audit: Recording) -> Verb { Verb(.delete, audit) }
}

/// The audit rule for requests that succeed; refusals are always recorded.
package enum Recording: String, Sendable {
  /// No entry, because the rows name their author or nothing changes.
  case nothing
  /// The handler writes the entry, in the same transaction as its work.
  case byHandler
  /// The route writes an entry with its own name, in the handler's transaction.
  case byRoute
}
