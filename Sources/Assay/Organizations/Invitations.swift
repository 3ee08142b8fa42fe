internal import Cryptography
internal import HTTP
internal import Logging
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Invitations to an organization: a link that the inviter sees once, and a letter if mail is set
/// up.
enum Invitations {
  static let routes: [Route] = [
    .on(
      .api, .post(audit: .byHandler), "/api/organizations/{organization}/invitations", for: .person,
      "organizations.invite", "Creates an invitation. Its link is shown only in this response.",
      takes: .json(Proposal.schema), gives: Created.schema, status: 201, create),
    .list(
      .api(as: "invitations"), "/api/organizations/{organization}/invitations", for: .person,
      "organizations.invitations", "Lists open invitations.",
      of: Offer.self, list),
    .on(
      .api, .delete(audit: .byHandler),
      "/api/organizations/{organization}/invitations/{invitation}", for: .person,
      "organizations.uninvite", "Revokes an invitation.",
      gives: Accounts.Message.schema, revoke),
    .on(
      .api, .post(audit: .byHandler), "/api/invitations/accept", for: .person,
      "organizations.accept",
      "Accepts an invitation: makes the caller a member.",
      takes: .json(Acceptance.schema), gives: Organizations.Row.schema, accept),
  ]

  /// Seconds until an invitation expires.
  private static let lifetime = 7 * 86_400
  /// The maximum number of open invitations of one organization.
  private static let most = 1000

  private static func create(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Proposal.self)
    let organization = try caller.managedOrganization(request, context)
    try Members.expectMayAppoint(form.role, organization)
    guard try InvitationQueries.count(of: organization.id, context.db) < most else {
      throw Problem.conflict("There are already \(most) open invitations: revoke some first.")
    }
    let secret = Base64URL.encode(Random.bytes(32))
    let offer = Offer(
      id: .new(), email: form.email, role: form.role,
      expires: .now(plusSeconds: lifetime))
    let origin = context.site.config.publicURL ?? request.origin
    try context.db.transaction { db in
      try InvitationQueries.insert(
        offer, into: organization.id, by: caller.id, tokenHash: SHA256.digest(secret.utf8), db)
      if context.site.config.mail != nil {
        try InvitationQueries.askLetter(for: offer.id, origin: origin, db)
      }
      try record("invitation.made", offer.id, organization, caller, request, db)
    }
    return .json(Created(offer: offer, link: link(secret, origin)))
  }

  /// Returns the link; the secret is after the '#', which browsers do not send to servers.
  static func link(_ secret: String, _ origin: String) -> String {
    "\(origin)/invitation.html#token=\(secret)"
  }

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller, _ window: Window
  ) throws -> Counted<Offer> {
    let organization = try caller.managedOrganization(request, context)
    let total = try InvitationQueries.count(of: organization.id, context.db)
    let rows = try InvitationQueries.list(
      of: organization.id, limit: window.limit, skipping: window.skipped, context.db)
    return Counted(rows: rows, total: total)
  }

  private static func revoke(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let invitation = try request.id("invitation", of: Invitation.self)
    let organization = try caller.managedOrganization(request, context)
    try context.db.transaction { db in
      guard try InvitationQueries.revoke(invitation, of: organization.id, db) else {
        throw Problem.notFound("invitation")
      }
      try record("invitation.revoked", invitation, organization, caller, request, db)
    }
    return .json(Accounts.Message(message: "The invitation has been revoked."))
  }

  private static func accept(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let form = try request.json(Acceptance.self)
    let hash = SHA256.digest(form.token.utf8)
    let organization = try context.db.transaction { db in
      try GrantQueries.lock(invitation: hash, db)
      let organization = try InvitationQueries.accept(hash, db)
      guard let organization else {
        throw Problem(404, "The invitation is invalid or has expired.")
      }
      try AuditLogQueries.record(
        AuditLog.Event(
          "invitation.accepted", account: caller.id, actor: nil, in: organization,
          of: organization.description, request), db)
      return organization
    }
    prove(hash, request, context)
    // The caller's claims have changed, so the scope is entered again.
    context.enter(try changed(caller, context))
    guard
      let row = try OrganizationQueries.organization(organization, for: caller, context.db)
    else { throw Problem.notFound("organization") }
    return .json(row)
  }

  /// Marks the caller's address as verified when its letter brought the invitation.
  ///
  /// A failure is only logged: the invitation is accepted, and another letter can verify the
  /// address.
  private static func prove(_ hash: Digest, _ request: Request, _ context: Context) {
    do {
      try context.db.transaction { db in
        let losers = try AddressQueries.proveByInvitation(hash, db)
        try Addresses.record(losers, request, db)
      }
    } catch {
      Logger.assay.warning(
        "address not verified", metadata: ["request_id": "\(request.id)", "error": "\(error)"])
    }
  }

  /// Returns the caller with the account's current claims: a first organization becomes its own.
  private static func changed(_ caller: Caller, _ context: Context) throws -> Caller {
    guard let user = try UserQueries.user(caller.id, context.db) else { throw Access.isOver }
    let words = [user.role.rawValue, user.organization?.description].compactMap(\.self)
    return try caller.with(words.joined(separator: " "))
  }

  private static func record(
    _ action: String, _ invitation: ID<Invitation>, _ organization: Organizations.Row,
    _ caller: Caller, _ request: Request, _ db: Connection
  ) throws(PostgresError) {
    try AuditLogQueries.record(
      AuditLog.Event(
        action, account: caller.id, actor: nil, in: organization.id,
        of: invitation.description, request), db)
  }
}

extension Invitations {
  /// The body that invites a person.
  struct Proposal: WireInput {
    let email: String
    let role: OrganizationRole

    static let inputs = Inputs(
      Proposal.init,
      .required("email", .email),
      .optional("role", .choice, default: .member))
  }

  /// The body that accepts an invitation.
  struct Acceptance: WireInput {
    let token: String
    static let inputs = Inputs(Acceptance.init, .required("token", .secret(1...1024)))
  }

  /// An invitation in a list.
  struct Offer: WireOutput {
    let id: ID<Invitation>
    let email: String
    let role: OrganizationRole
    let expires: Timestamp

    static let fields: Fields<Offer> = [
      Field("id") { $0.id },
      Field("email") { $0.email },
      Field("role") { $0.role.rawValue },
      Field("expires_at") { $0.expires },
    ]
  }

  /// The answer to a new invitation.
  struct Created: WireOutput {
    let offer: Offer
    let link: String

    static let fields: Fields<Created> = [
      Field("id") { $0.offer.id },
      Field("email") { $0.offer.email },
      Field("role") { $0.offer.role.rawValue },
      Field("expires_at") { $0.offer.expires },
      Field("link") { $0.link },
    ]
  }
}
