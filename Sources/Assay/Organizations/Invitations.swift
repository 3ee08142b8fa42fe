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
      "organizations.invite",
      "Creates an invitation, and ends an earlier one to the address. Its link is shown only here.",
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
      "Accepts an invitation: makes the caller a member. A member's link stays unused.",
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
    let secret = Base64URL.encode(Random.bytes(32))
    let offer = Offer(
      id: .new(), email: form.email, role: form.role,
      expires: .now(plusSeconds: lifetime))
    let origin = context.site.config.publicURL ?? request.origin
    let created = try context.db.transaction { db in
      try GrantQueries.lockCaller(db)
      let organization = try caller.managedOrganization(request, context)
      try Members.expectMayAppoint(form.role, organization)
      try InvitationQueries.lock(organization.id, db)
      try refuseMember(form.email, organization, db)
      let replaced = try InvitationQueries.open(to: form.email, of: organization.id, db)
      if replaced == nil { try expectRoom(organization, db) }
      try InvitationQueries.insert(
        offer, into: organization.id, by: caller.id, tokenHash: SHA256.digest(secret.utf8), db)
      let letter =
        context.site.config.mail == nil
        ? nil : try InvitationQueries.askLetter(for: offer.id, origin: origin, db)
      let facts = replaced.map { [("replaces" as StaticString, $0.description)] } ?? []
      try record("invitation.made", offer.id, organization, caller, request, facts: facts, db)
      return Created(
        offer: offer, link: link(secret, origin), replaced: replaced, isLetterQueued: letter)
    }
    return .json(created)
  }

  /// - Throws: 409 when the address belongs to a member.
  private static func refuseMember(
    _ email: String, _ organization: Organizations.Row, _ db: Connection
  ) throws {
    guard let member = try InvitationQueries.member(with: email, of: organization.id, db)
    else { return }
    throw Problem.conflict(
      """
      That is the address of \(member.username), who is already a member, \
      as \(member.role.rawValue).
      """)
  }

  /// - Throws: 409 when the organization has the maximum number of open invitations.
  private static func expectRoom(_ organization: Organizations.Row, _ db: Connection) throws {
    guard try InvitationQueries.count(of: organization.id, db) < most else {
      throw Problem.conflict("There are already \(most) open invitations: revoke some first.")
    }
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
      let organization = try joined(InvitationQueries.use(hash, db))
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

  /// Returns the organization that the caller has joined.
  /// - Throws: the reason why the link was not used.
  private static func joined(_ use: InvitationQueries.Use) throws(Problem) -> ID<Organization> {
    if use.outcome == .member { throw .conflict(alreadyMember(use)) }
    guard use.outcome == .joined, let organization = use.organization else {
      throw use.outcome.problem
    }
    return organization
  }

  private static func alreadyMember(_ use: InvitationQueries.Use) -> String {
    let held = use.held?.rawValue ?? ""
    let sentence = "You are already a member, as \(held), so the link was not used"
    guard let offered = use.offered, let role = use.held, offered.exceeds(role) else {
      return sentence + "."
    }
    return sentence + ": ask an owner for the role \(offered.rawValue)."
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
        "address not verified", metadata: ["error": "\(error)"])
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
    _ caller: Caller, _ request: Request, facts: [(StaticString, String)] = [], _ db: Connection
  ) throws(PostgresError) {
    try AuditLogQueries.record(
      AuditLog.Event(
        action, account: caller.id, actor: nil, in: organization.id,
        of: invitation.description, request, facts: facts), db)
  }
}
