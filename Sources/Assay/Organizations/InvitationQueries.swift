internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement about invitations.
enum InvitationQueries {
  /// Records an invitation.
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

  /// Requests the letter for an invitation.
  static func askLetter(
    for invitation: ID<Invitation>, origin: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select ask_invitation(\(ID<LetterOrder>.new()), \(invitation), \(origin))")
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

  /// Makes the caller a member; nil when the link is no longer valid.
  static func accept(
    _ tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> ID<Organization>? {
    try db.one("select accept_invitation(\(tokenHash))") { row throws(PostgresError) in
      try row.next()
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
