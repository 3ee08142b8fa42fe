package import Postgres

internal import Cryptography
internal import HTTP

/// The one role an account has on the whole site.
package enum Role: String, CaseIterable, Sendable {
  case customer, labeler, reviewer, viewer, admin, universal
}

/// Who sent a request, as its session says.
package struct Caller: Sendable {
  /// The account.
  package let id: ID<Account>
  /// The session that the token names.
  package let session: ID<Session>
  /// What the account signs in with.
  package let username: String
  /// Nil when none is known.
  package let email: String?
  /// Its one role on the whole site.
  package let role: Role
  /// The organization that what the caller makes belongs to; nil for people who own none.
  package let organization: ID<Organization>?

  /// Whether everything on the site is to be seen, not only the caller's organization.
  var seesAll: Bool { Access.admin.roles?.contains(role) == true }
}

/// Who may call an endpoint; it stands on the route's line.
package struct Access: Sendable {
  /// As the golden table of routes prints it.
  package let name: String
  /// The roles let in; nil for everybody, signed in or not.
  package let roles: Set<Role>?

  /// Everybody, without a token.
  package static let anyone = Access(name: "anyone", roles: nil)
  /// Every account.
  package static let signedIn = Access(name: "signed in", roles: Set(Role.allCases))
  /// Those who bring pictures.
  package static let customer = Access(name: "customer", roles: [.customer, .universal])
  /// Those who see what customers brought.
  package static let requester = Access(name: "requester", roles: [.customer, .admin, .universal])
  /// Those who label.
  package static let labeler = Access(
    name: "labeler", roles: [.labeler, .reviewer, .admin, .universal])
  /// Those who run the site.
  package static let admin = Access(name: "admin", roles: [.admin, .universal])

  /// The caller, when the token is good and the role let in; opens the session's scope.
  /// - Throws: 401 without a live session, 403 for another role.
  func admit(_ request: Request, _ context: Context) throws -> Caller {
    guard let header = request.header("AUTHORIZATION") else {
      throw Problem.unauthorized("Sign in first: the Authorization header is missing.")
    }
    guard let token = Self.bearerToken(header),
      let claims = AccessToken(verifying: token, with: context.site.config.tokenKey),
      let session = ID<Session>(claims.session),
      let caller = try context.enter(session), caller.id.description == claims.subject
    else { throw Problem.unauthorized("The access token is not valid any more.") }
    guard let roles, roles.contains(caller.role) else {
      throw Problem.forbidden("The role \(caller.role.rawValue) may not do this.")
    }
    return caller
  }

  /// The token of `Bearer …`; the scheme's case is free (RFC 9110).
  private static func bearerToken(_ header: String) -> String? {
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

extension Role: PostgresEncodable, PostgresDecodable {
  package func bind(into parameters: inout Parameters) { rawValue.bind(into: &parameters) }
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> Role {
    let word = try String.decode(column)
    guard let role = Role(rawValue: word) else { throw .unexpected("unknown role \(word)") }
    return role
  }
}
