package import Postgres

internal import HTTP
internal import Web

/// The people who may make an account on this site.
package enum SignUpRule: String, CaseIterable, Sendable {
  /// Anybody.
  case open
  /// People with an invitation to an organization.
  case invited

  /// Reads the site's rule.
  package init(_ db: Connection) throws {
    self = try AccountQueries.isSignUpOpen(db) ? .open : .invited
  }

  /// Sets the site's rule, over the owner's connection; waits for sign-ups under way.
  package func set(_ db: Connection) throws {
    try db.transaction { db in
      try AccountQueries.setSignUp(isOpen: self == .open, db)
      try AuditLogQueries.record(
        AuditLog.Event(byCommand: "sign-up.rule", of: "site", facts: [("rule", rawValue)]), db)
    }
  }

  /// The answer to a sign-up without an invitation on a closed site.
  static let refusal = Problem.forbidden(
    "This site makes accounts by invitation only: ask a member or the operator to invite you.")
}
