internal import HTTP
internal import Vocabulary
internal import Web

extension Accounts {
  /// The body of a sign-up.
  struct SignUp: WireInput {
    let username: String
    let password: String
    let email: String?
    let role: SelfMadeRole?
    /// The secret of an invitation's link.
    let invitation: String?

    static let inputs = Inputs(
      SignUp.init,
      .required("username", .username),
      .required("password", .newPassword),
      .optional("email", .email),
      .optional("role", .choice),
      .optional("invitation", .secret(1...1024)))
  }

  /// The roles that people may choose at sign-up.
  enum SelfMadeRole: String, CaseIterable {
    case labeler, customer

    var role: Role { self == .customer ? .customer : .labeler }
  }

  /// The body of a registration.
  struct Registration: WireInput {
    let email: String
    let password: String
    let username: String?
    /// The secret of an invitation's link.
    let invitation: String?

    static let inputs = Inputs(
      Registration.init,
      .required("email", .email),
      .required("password", .newPassword),
      .optional("username", .username),
      .optional("invitation", .secret(1...1024)))
  }

  /// The body of a sign-in; the first name that is present counts.
  struct SignIn: WireInput {
    let login: String
    let password: String
    /// The name of the device in the list of sessions; nil takes the name of the program.
    let device: String?

    init?(username: String?, email: String?, name: String?, password: String, device: String?) {
      guard let login = username ?? email ?? name else { return nil }
      (self.login, self.password, self.device) = (login, password, device)
    }

    static let inputs = Inputs(
      SignIn.init,
      .optional("username", .text(1...320)),
      .optional("email", .text(1...320)),
      .optional("name", .text(1...320)),
      .required("password", .secret(1...1024)),
      .optional("device_name", .line(1...100)),
      alternatives: Alternatives(
        ["username", "email", "name"], orElse: Violation("username", "is required")))
  }

  /// The body of a refresh.
  struct Refresh: WireInput {
    let token: String

    static let inputs = Inputs(
      Refresh.init,
      .required("refresh_token", .secret(1...1024)))
  }

  /// An account as its owner sees it.
  struct User: WireOutput {
    let id: ID<Account>
    let username: String
    let email: String?
    let role: Role

    static let fields: Fields<User> = [
      Field("id") { $0.id },
      Field("username") { $0.username },
      Field("email") { $0.email },
      Field("role") { $0.role.rawValue },
    ]
  }

  /// The caller's own account, with what it has earned as a labeler.
  struct Me: WireOutput {
    let user: User
    /// Whether leaderboards hide the name.
    let isAnonymous: Bool
    /// Settled points, with bonuses and compensations.
    let points: Int
    /// Points of answers whose items are not resolved yet.
    let provisional: Int
    let labeled: Int
    /// The share of judged answers that were right; nil without a judged answer.
    let accuracy: Double?
    /// The rank of the settled points among all people; nil without an answer.
    let rank: Int?

    static let fields: Fields<Me> = User.fields.within(
      \.user,
      and: [
        Field("anonymous") { $0.isAnonymous },
        Field("points") { $0.points },
        Field("points_provisional") { $0.provisional },
        Field("labeled") { $0.labeled },
        Field("accuracy") { $0.accuracy },
        Field("rank") { $0.rank },
      ])
  }

  /// The answer to a registration.
  struct Registered: WireOutput {
    let user: User

    static let fields: Fields<Registered> = [
      Field("message") { _ in "User registered successfully" },
      Field("user_id") { $0.user.id },
      Field("id") { $0.user.id },
      Field("username") { $0.user.username },
      Field("email") { $0.user.email },
      Field("role") { $0.user.role.rawValue },
    ]
  }

  /// The answer to a sign-in, the same on every face.
  struct Tokens: WireOutput {
    let accessToken: String
    let expiresIn: Int
    let refreshToken: String
    let user: User

    static let fields: Fields<Tokens> = [
      Field("access_token") { $0.accessToken },
      Field("token_type") { _ in "bearer" },
      Field("expires_in") { $0.expiresIn },
      Field("refresh_token") { $0.refreshToken },
      Field("role") { $0.user.role.rawValue },
      Field("user") { $0.user },
    ]
  }

  /// A sentence about the result.
  struct Message: WireOutput {
    let message: String
    static let fields: Fields<Message> = [Field("message") { $0.message }]
  }
}

extension Rule where Value == String {
  /// A rule for a username: ASCII only, so that no name looks like another; full names allow any
  /// script.
  static var username: Rule {
    Rule(.string(length: 2...64, pattern: "^[A-Za-z0-9._-]+$")) { json throws(Reason) in
      let name = try Rule.text(2...64).read(json)
      guard isUsername(name) else {
        throw "may contain only letters (a to z), digits, dots, hyphens and underscores"
      }
      return name
    }
  }

  /// Whether a text is valid as a username.
  static func isUsername(_ name: String) -> Bool {
    name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }

  /// A rule for an e-mail address, as far as its form can be checked.
  static var email: Rule {
    Rule(.string(format: "email", length: 3...320)) { json throws(Reason) in
      let address = try Rule.line(3...320).read(json)
      guard isEmail(address) else { throw "must be an e-mail address" }
      return address
    }
  }
}
