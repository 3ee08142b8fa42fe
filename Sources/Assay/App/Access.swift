package import Postgres

internal import Cryptography
internal import HTTP

/// The one role an account has on the whole site.
package enum Role: String, CaseIterable, Sendable {
  case customer, labeler, reviewer, viewer, admin, universal
}

/// Who sent a request, as the token says and the session confirms.
package struct Caller: Sendable {
  /// The account.
  package let id: ID<Account>
  /// The session that the token names.
  package let session: ID<Session>
  /// Its one role on the whole site.
  package private(set) var role: Role
  /// The organization that what the caller makes belongs to; nil for people who own none.
  package private(set) var organization: ID<Organization>?

  /// Who a token names; nil when it lacks something.
  init?(_ claims: AccessToken) {
    guard let id = ID<Account>(claims.subject), let session = ID<Session>(claims.session),
      let role = Role(rawValue: claims.role)
    else { return nil }
    self.id = id
    self.session = session
    self.role = role
    organization = claims.organization.flatMap { ID($0) }
  }

  /// The same caller as the account has become since the token was made.
  func with(_ claims: String) throws(Problem) -> Caller {
    let words = claims.split(separator: " ")
    guard let role = words.first.flatMap({ Role(rawValue: String($0)) }) else {
      throw Access.isOver
    }
    var caller = self
    caller.role = role
    caller.organization = words.count > 1 ? ID(String(words[1])) : nil
    return caller
  }

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

  /// Whom the request's token names.
  ///
  /// Whether the session lives and is what the token says is checked by the database with the
  /// first statement, and nothing is executed if not; without a statement, by `Context.confirm`.
  /// - Throws: 401 without a good token.
  static func caller(of request: Request, _ context: Context) throws(Problem) -> Caller {
    guard let header = request.header("AUTHORIZATION") else {
      throw Problem.unauthorized("Sign in first: the Authorization header is missing.")
    }
    guard let token = bearerToken(header), let claims = context.claims(of: token),
      let caller = Caller(claims)
    else { throw isOver }
    return caller
  }

  /// Lets the roles in that `roles` names.
  /// - Throws: 403 for another.
  func admit(_ caller: Caller) throws(Problem) {
    guard let roles, roles.contains(caller.role) else {
      throw Problem.forbidden("The role \(caller.role.rawValue) may not do this.")
    }
  }

  /// What whoever comes with a token that is none, or not any more, is told.
  static let isOver = Problem.unauthorized("The access token is not valid any more.")

  /// The state of `admit`'s error for a session that is over.
  static let over = "AS401"
  /// The state of its error for an account that has changed; the message is its role and, behind a
  /// space, the organization it has.
  static let changed = "AS403"

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
