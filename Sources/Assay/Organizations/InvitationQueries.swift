internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary

/// Every SQL statement about invitations.
enum InvitationQueries {
  /// Locks an organization, so that its invitations and memberships are decided one by one.
  static func lock(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select from organization where organization_id = \(organization) for no key update
      """)
  }

  /// Returns the open invitation to an address, or nil.
  static func open(
    to email: String, of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> ID<Invitation>? {
    try db.first(
      """
      select invitation_id from invitation
      where organization_id = \(organization) and lower(email) = lower(\(email))
        and accepted_at is null and revoked_at is null and expires_at > now()
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the member who has an address, or nil.
  ///
  /// An unverified address counts if the other members see it, that is if its owner has agreed to
  /// the membership.
  static func member(
    with email: String, of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> (username: String, role: OrganizationRole)? {
    try db.first(
      """
      select a.username, m.role
      from membership m join account a on a.account_id = m.account_id
      where m.organization_id = \(organization) and lower(a.email) = lower(\(email))
        and (a.email_verified_at is not null or m.has_agreed)
      order by a.email_verified_at is null, m.created_at
      limit 1
      """
    ) { row throws(PostgresError) in try (row.next(), row.next()) }
  }

  /// Records an invitation; a trigger ends the open one to the same address.
  static func insert(
    _ offer: Invitations.Offer, into organization: ID<Organization>, by account: ID<Account>,
    tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into invitation (
        invitation_id, organization_id, email, role, token_hash, invited_by, expires_at)
      values (
        \(offer.id), \(organization), \(offer.email), \(offer.role.rawValue)::membership_role,
        \(tokenHash), \(account), \(offer.expires))
      """)
  }

  /// Requests the letter for an invitation; false when its address has had too many letters.
  static func askLetter(
    for invitation: ID<Invitation>, origin: String, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select queue_invitation(\(ID<LetterOrder>.new()), \(invitation), \(origin))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Returns an organization's open invitations, newest first.
  static func list(
    of organization: ID<Organization>, limit: Int, skipping: Int, _ db: Connection
  ) throws(PostgresError) -> [Invitations.Offer] {
    try db.all(
      """
      select invitation_id, email, role, expires_at from invitation
      where organization_id = \(organization) and accepted_at is null and revoked_at is null
        and expires_at > now()
      order by invitation_id desc
      limit \(limit) offset \(skipping)
      """
    ) { row throws(PostgresError) in
      try Invitations.Offer(
        id: row.next(), email: row.next(), role: row.next(), expires: row.next())
    }
  }

  /// Returns the number of an organization's open invitations.
  static func count(
    of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.one(
      """
      select count(*) from invitation
      where organization_id = \(organization) and accepted_at is null and revoked_at is null
        and expires_at > now()
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Revokes an invitation; false when there is no open one.
  static func revoke(
    _ invitation: ID<Invitation>, of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update invitation set revoked_at = now()
      where invitation_id = \(invitation) and organization_id = \(organization)
        and accepted_at is null and revoked_at is null
      """) == 1
  }

  /// The result of the use of an invitation's link.
  struct Use {
    let outcome: Outcome
    /// The organization; nil for an unknown link.
    let organization: ID<Organization>?
    /// The caller's role in it; nil when the caller is no member.
    let held: OrganizationRole?
    /// The role that the invitation gives; nil for an unknown link.
    let offered: OrganizationRole?
  }

  /// The result of the use of a link; only `joined` uses it up.
  enum Outcome: String, PostgresDecodable {
    case joined
    /// The caller is a member already.
    case member
    case unknown, used, replaced, revoked, expired
    /// The sender may no longer give the role.
    case unfounded

    /// 404 with the reason why the link was not used.
    var problem: Problem { Problem(404, sentence) }

    private var sentence: String {
      switch self {
      case .joined, .member, .unknown:
        "No invitation has this link: copy the whole address from the invitation."
      case .used: "The invitation has already been accepted: ask for a new one."
      case .replaced: "A newer invitation has replaced this one: use the newest link."
      case .revoked: "The invitation has been revoked: ask for a new one."
      case .expired: "The invitation has expired: ask for a new one."
      case .unfounded: "The sender of the invitation may no longer give this role: ask an owner."
      }
    }
  }

  /// Makes the caller a member by an invitation, if its link is valid and changes something.
  static func use(_ tokenHash: Digest, _ db: Connection) throws(PostgresError) -> Use {
    try db.one(
      "select outcome, organization, held, offered from use_invitation(\(tokenHash))"
    ) { row throws(PostgresError) in
      try Use(
        outcome: row.next(), organization: row.next(), held: row.next(), offered: row.next())
    }
  }

  /// The data for the letter of an invitation.
  struct Wording {
    let recipient: String
    let organization: String
    let inviter: String
  }

  /// Stores the secret of a letter's link; nil when the invitation is no longer needed.
  static func write(
    _ invitation: ID<Invitation>, _ hash: Digest, _ db: Connection
  ) throws(PostgresError) -> Wording? {
    try db.one(
      """
      select recipient, organization, inviter from write_invitation(\(invitation), \(hash))
      """
    ) { row throws(PostgresError) -> Wording? in
      guard let recipient = try row.next(String?.self) else { return nil }
      return try Wording(recipient: recipient, organization: row.next(), inviter: row.next())
    }
  }
}
