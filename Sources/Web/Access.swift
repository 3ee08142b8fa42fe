package import HTTP
package import Postgres
package import Vocabulary

internal import Cryptography

/// The role of an account on the whole site.
package enum Role: String, CaseIterable, Sendable {
  case customer, labeler, reviewer, viewer, admin, universal
}

/// The account that sent a request, as named by its token and confirmed by its session.
package struct Caller: Sendable {
  /// The account.
  package let id: ID<Account>
  /// The account's role on the whole site.
  package private(set) var role: Role
  /// The organization that owns the caller's new projects; nil when there is none.
  package private(set) var organization: ID<Organization>?
  /// The kind of credential.
  let way: Way

  /// The kind of credential: a session, an API key, or another issuer's token.
  enum Way {
    case session(ID<Session>)
    /// An API key and its scopes.
    case key(Set<KeyScope>)
    case outside
  }

  /// Makes the caller from a token's claims; nil when a claim is missing.
  init?(_ claims: AccessToken) {
    guard let id = ID<Account>(claims.subject), let session = ID<Session>(claims.session),
      let role = Role(rawValue: claims.role)
    else { return nil }
    self.id = id
    way = .session(session)
    self.role = role
    organization = claims.organization.flatMap { ID($0) }
  }

  /// Makes a caller that was looked up by a key or by another issuer's token.
  init(id: ID<Account>, role: Role, organization: ID<Organization>?, way: Way) {
    (self.id, self.role, self.organization, self.way) = (id, role, organization, way)
  }

  /// The session; nil for keys and other issuers' tokens.
  package var session: ID<Session>? { if case .session(let session) = way { session } else { nil } }

  /// Returns the same caller with the account's current role and organization.
  package func with(_ claims: String) throws(Problem) -> Caller {
    let words = claims.split(separator: " ")
    guard let role = words.first.flatMap({ Role(rawValue: String($0)) }) else {
      throw Access.isOver
    }
    var caller = self
    caller.role = role
    caller.organization = words.count > 1 ? ID(String(words[1])) : nil
    return caller
  }

  /// Whether the caller sees the whole site; a key also needs the scope `admin` for that.
  package var seesAll: Bool {
    if case .key(let scopes) = way, !scopes.contains(.admin) { return false }
    return Access.admin.roles?.contains(role) == true
  }
}

/// The rule for which callers may use an endpoint; it is written on the route's line.
package struct Access: Sendable {
  /// The name in the golden table of routes.
  package let name: String
  /// The admitted roles; nil for everyone, with or without a token.
  package let roles: Set<Role>?
  /// Whether API keys are accepted, within their scopes.
  package var takesKeys = true
  /// Whether a key needs the scope `admin`.
  var needsAdminScope = false

  /// Everyone; no token is needed.
  package static let anyone = Access(name: "anyone", roles: nil)
  /// Every account.
  package static let signedIn = Access(name: "signed in", roles: Set(Role.allCases))
  /// Every account, but no keys: for routes about passwords, sessions and members.
  package static let person = Access(
    name: "person", roles: Set(Role.allCases), takesKeys: false)
  /// Accounts that upload pictures.
  package static let customer = Access(name: "customer", roles: [.customer, .universal])
  /// Accounts that read uploads and results of customers.
  package static let requester = Access(name: "requester", roles: [.customer, .admin, .universal])
  /// Accounts that label.
  package static let labeler = Access(
    name: "labeler", roles: [.labeler, .reviewer, .admin, .universal])
  /// Accounts that administer the site.
  package static let admin = Access(
    name: "admin", roles: [.admin, .universal], needsAdminScope: true)

  /// The words of `x-access` in the description of the interface.
  static let legend = """
    x-access names who may use an endpoint. anyone: no token is needed; signed in: every account; \
    person: every account, but no API keys; customer: \(words(customer)); requester: \
    \(words(requester)); labeler: \(words(labeler)); admin: \(words(admin)); "in person": no API keys.
    """

  private static func words(_ access: Access) -> String {
    let roles = Role.allCases.filter { access.roles?.contains($0) == true }
    return "the roles " + roles.map(\.rawValue).joined(separator: ", ")
  }

  /// The same roles without keys, for routes that grant or revoke access.
  package var inPerson: Access { Access(name: "\(name) in person", roles: roles, takesKeys: false) }

  /// Returns the caller that the request's token names.
  ///
  /// The database checks the session and the claims with the first statement, which is not executed
  /// when they are not valid. A request without a statement is checked by `Context.confirm`.
  /// - Throws: 401 without a valid token.
  static func caller(of request: Request, _ context: Context) throws -> Caller {
    let token = try bearerToken(request)
    guard let caller = try context.caller(ofToken: token) else { throw isOver }
    return caller
  }

  /// Checks the caller's role, and a key's scopes.
  /// - Throws: 403 for other callers.
  func admit(_ caller: Caller, _ request: Request) throws(Problem) {
    guard let roles, roles.contains(caller.role) else {
      throw Problem.forbidden("The role \(caller.role.rawValue) is not allowed to do this.")
    }
    if case .key(let scopes) = caller.way { try expect(scopes, request) }
  }

  /// 401 for an invalid or expired token.
  package static let isOver = Problem.unauthorized(
    "The access token is invalid or has expired: refresh it or sign in again.")

  /// The SQLSTATE of `admit` for a session that has ended.
  package static let over = "AS401"
  /// The SQLSTATE of `admit` for an account whose claims have changed.
  ///
  /// The message is the role and, after a space, the organization.
  package static let changed = "AS403"

  /// Checks that a key with these scopes may send the request.
  private func expect(_ scopes: Set<KeyScope>, _ request: Request) throws(Problem) {
    guard takesKeys else {
      throw .forbidden("API keys cannot do this: sign in with a password.")
    }
    let isReading = request.method == .get || request.method == .head
    var needed: Set<KeyScope> = [isReading ? .read : .write]
    if needsAdminScope { needed.insert(.admin) }
    guard needed.isSubset(of: scopes) else {
      let missing = needed.subtracting(scopes).map(\.rawValue).sorted().joined(separator: ", ")
      throw .forbidden("The API key lacks the scope \(missing).")
    }
  }

  /// Returns the token of `Bearer …`: the scheme is case-insensitive, and one or more spaces follow
  /// it (RFC 9110, section 11).
  /// - Throws: 401 with a sentence that says what the header lacks; it never repeats the header.
  package static func bearerToken(_ request: Request) throws(Problem) -> String {
    guard let header = request.header("AUTHORIZATION") else {
      throw .unauthorized("Sign in first: the Authorization header is missing.")
    }
    let scheme = header.utf8.prefix { $0 != UInt8(ascii: " ") }
    let token = header.utf8.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
    let isBearer = String(Substring(scheme)).lowercased() == "bearer"
    guard isBearer, !token.isEmpty else {
      let lack =
        isBearer
        ? "has no token" : token.isEmpty ? "has no scheme" : "has another scheme than Bearer"
      throw .unauthorized(
        "The Authorization header \(lack): send \"Authorization: Bearer <access token>\".")
    }
    return String(Substring(token))
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
