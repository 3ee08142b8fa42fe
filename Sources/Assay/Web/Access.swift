package import Postgres

internal import Cryptography
internal import HTTP

/// The one role an account has on the whole site.
package enum Role: String, CaseIterable, Sendable {
  case customer, labeler, reviewer, viewer, admin, universal
}

/// The account that sent a request, as the token says and the session confirms.
package struct Caller: Sendable {
  /// The account.
  package let id: ID<Account>
  /// Its one role on the whole site.
  package private(set) var role: Role
  /// The organization that owns the caller's new projects; nil for people who own none.
  package private(set) var organization: ID<Organization>?
  /// The caller's proof.
  let way: Way

  /// A proof of who a caller is: a session, a key, or another issuer's token.
  enum Way {
    case session(ID<Session>)
    /// A program's key, and its scopes.
    case key(Set<KeyScope>)
    case outside
  }

  /// The caller that a token names; nil when a claim is missing.
  init?(_ claims: AccessToken) {
    guard let id = ID<Account>(claims.subject), let session = ID<Session>(claims.session),
      let role = Role(rawValue: claims.role)
    else { return nil }
    self.id = id
    way = .session(session)
    self.role = role
    organization = claims.organization.flatMap { ID($0) }
  }

  /// The caller that was looked up by a key or by another issuer's token.
  init(id: ID<Account>, role: Role, organization: ID<Organization>?, way: Way) {
    (self.id, self.role, self.organization, self.way) = (id, role, organization, way)
  }

  /// The session; nil for keys and other issuers' tokens.
  var session: ID<Session>? { if case .session(let session) = way { session } else { nil } }

  /// The same caller with the account's present role and organization.
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

  /// Whether the caller sees the whole site, not only an organization; a key needs the scope `admin`
  /// for that.
  var seesAll: Bool {
    if case .key(let scopes) = way, !scopes.contains(.admin) { return false }
    return Access.admin.roles?.contains(role) == true
  }
}

/// The rule that admits callers to an endpoint; it stands on the route's line.
package struct Access: Sendable {
  /// As the golden table of routes prints it.
  package let name: String
  /// The roles let in; nil for everybody, signed in or not.
  package let roles: Set<Role>?
  /// Whether a program's key is good for it, within the key's scopes.
  package var takesKeys = true
  /// Whether a key needs the scope `admin` for it.
  var needsAdminScope = false

  /// Admits everybody, without a token.
  package static let anyone = Access(name: "anyone", roles: nil)
  /// Admits every account.
  package static let signedIn = Access(name: "signed in", roles: Set(Role.allCases))
  /// Admits every account, but no keys: for routes about passwords, sessions and members.
  package static let person = Access(
    name: "person", roles: Set(Role.allCases), takesKeys: false)
  /// Admits people who bring pictures.
  package static let customer = Access(name: "customer", roles: [.customer, .universal])
  /// Admits people who see what customers brought.
  package static let requester = Access(name: "requester", roles: [.customer, .admin, .universal])
  /// Admits people who label.
  package static let labeler = Access(
    name: "labeler", roles: [.labeler, .reviewer, .admin, .universal])
  /// Admits people who run the site.
  package static let admin = Access(
    name: "admin", roles: [.admin, .universal], needsAdminScope: true)

  /// The same roles, but without keys: for routes that give access to people or take it away.
  package var inPerson: Access { Access(name: "\(name) in person", roles: roles, takesKeys: false) }

  /// Finds the caller that the request's token names.
  ///
  /// Whether the session lives and is what the token says is checked by the database with the
  /// first statement, and nothing is executed if not; without a statement, by `Context.confirm`.
  /// - Throws: 401 without a good token.
  static func caller(of request: Request, _ context: Context) throws -> Caller {
    guard request.header("AUTHORIZATION") != nil else {
      throw Problem.unauthorized("Sign in first: the Authorization header is missing.")
    }
    guard let token = bearerToken(request), let caller = try context.caller(ofToken: token)
    else { throw isOver }
    return caller
  }

  /// Admits a caller with one of `roles`; a key needs the scopes too.
  /// - Throws: 403 for other callers.
  func admit(_ caller: Caller, _ request: Request) throws(Problem) {
    guard let roles, roles.contains(caller.role) else {
      throw Problem.forbidden("The role \(caller.role.rawValue) may not do this.")
    }
    if case .key(let scopes) = caller.way { try expect(scopes, request) }
  }

  /// 401 for an invalid or expired token.
  static let isOver = Problem.unauthorized("The access token is not valid any more.")

  /// The state of `admit`'s error for a session that is over.
  static let over = "AS401"
  /// The state of its error for an account that has changed; the message is its role and, behind a
  /// space, the organization it has.
  static let changed = "AS403"

  /// Checks that a key with these scopes may send the request.
  private func expect(_ scopes: Set<KeyScope>, _ request: Request) throws(Problem) {
    guard takesKeys else {
      throw .forbidden("Keys cannot do this: sign in with a password.")
    }
    let isReading = request.method == .get || request.method == .head
    var needed: Set<KeyScope> = [isReading ? .read : .write]
    if needsAdminScope { needed.insert(.admin) }
    guard needed.isSubset(of: scopes) else {
      let missing = needed.subtracting(scopes).map(\.rawValue).sorted().joined(separator: ", ")
      throw .forbidden("The key lacks the scope \(missing).")
    }
  }

  /// The token of `Bearer …`; the scheme's case is free (RFC 9110).
  static func bearerToken(_ request: Request) -> String? {
    let parts = (request.header("AUTHORIZATION") ?? "").split(separator: " ", maxSplits: 1)
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
