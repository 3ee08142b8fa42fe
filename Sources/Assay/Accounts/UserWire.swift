internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Users {
  /// An account with all its data.
  struct User: WireOutput {
    let id: ID<Account>
    let username: String
    let email: String?
    let isEmailVerified: Bool
    /// The address that this account lost when another account verified it.
    let lostEmail: String?
    let fullName: String?
    let role: Role
    let isActive: Bool
    let organization: ID<Organization>?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    static let fields: Fields<User> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("email") { $0.email },
      Field("email_verified") { $0.isEmailVerified },
      Field("full_name") { $0.fullName },
      Field("role") { $0.role.rawValue },
      Field("is_active") { $0.isActive },
      Field("created_at") { $0.createdAt },
      Field("updated_at") { $0.updatedAt },
    ]
  }

  /// The caller's own account, with the organization that owns new projects.
  struct Own: WireOutput {
    let user: User

    static let fields: Fields<Own> = [
      Field("id") { $0.user.id },
      Field("username") { $0.user.username },
      Field("email") { $0.user.email },
      Field("email_verified") { $0.user.isEmailVerified },
      Field("lost_email") { $0.user.lostEmail },
      Field("full_name") { $0.user.fullName },
      Field("role") { $0.user.role.rawValue },
      Field("is_active") { $0.user.isActive },
      Field("organization_id") { $0.user.organization },
      Field("created_at") { $0.user.createdAt },
      Field("updated_at") { $0.user.updatedAt },
    ]
  }

  /// The body that makes an account; a missing username is derived from the address.
  struct NewUser: WireInput {
    let username: String?
    let email: String?
    let fullName: String?
    let password: String
    let isActive: Bool
    let role: Role?

    init?(
      username: String?, email: String?, fullName: String?, password: String, isActive: Bool,
      role: Role?
    ) {
      guard username != nil || email != nil else { return nil }
      (self.username, self.email, self.fullName) = (username, email, fullName)
      (self.password, self.isActive, self.role) = (password, isActive, role)
    }

    static let inputs = Inputs(
      NewUser.init,
      .optional("username", .username),
      .optional("email", .email),
      .optional("full_name", .line(0...200)),
      .required("password", .newPassword),
      .optional("is_active", .truth, default: true),
      .optional("role", .choice),
      alternatives: Alternatives(
        ["username", "email"], orElse: Violation("email", "or username is required")))
  }

  /// The body that changes an account; absent members stay unchanged.
  struct Change: WireInput {
    let username: String?
    let email: String?
    let fullName: String?
    let isActive: Bool?
    let role: Role?

    static let inputs = Inputs(
      Change.init,
      .optional("username", .username),
      .optional("email", .email),
      .optional("full_name", .line(0...200)),
      .optional("is_active", .truth),
      .optional("role", .choice))
  }

  /// A reset link, shown once.
  struct ResetLink: WireOutput {
    let link: String
    let expires: Timestamp

    static let fields: Fields<ResetLink> = [
      Field("link") { $0.link },
      Field("expires_at") { $0.expires },
    ]
  }
}

/// The secret in a reset link.
struct ResetSecret {
  private let text = Base64URL.encode(Random.bytes(32))
  let expires = Timestamp.now(plusSeconds: 3600)

  var hash: Digest { SHA256.digest(text.utf8) }

  /// Returns the link; the secret is after the '#', which browsers do not send to servers.
  func address(_ origin: String) -> String { "\(origin)/reset-password.html#token=\(text)" }
}
