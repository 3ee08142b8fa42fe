internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement about the members of organizations and projects.
enum MemberQueries {
  /// Returns the members of an organization, the oldest membership first.
  ///
  /// Members who have not agreed to their membership are shown with their username only.
  static func list(
    of organization: ID<Organization>, for caller: Caller, limit: Int, skipping: Int,
    _ db: Connection
  ) throws(PostgresError) -> [Organizations.Member] {
    try db.all(
      """
      select m.account_id, a.username, case when v.shown then a.email end,
        case when v.shown then a.full_name end, m.role, m.created_at
      from membership m join account a on a.account_id = m.account_id
      cross join lateral (
        select m.has_agreed or m.account_id = \(caller.id) or \(caller.seesAll) as shown) v
      where m.organization_id = \(organization)
      order by m.created_at, m.account_id
      limit \(limit) offset \(skipping)
      """
    ) { row throws(PostgresError) in
      try Organizations.Member(
        id: row.next(), username: row.next(), email: row.next(), fullName: row.next(),
        role: row.next(), createdAt: row.next())
    }
  }

  /// Returns an account's role in an organization, or nil when it is not a member.
  static func role(
    of account: ID<Account>, in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> OrganizationRole? {
    try db.first(
      """
      select role from membership
      where organization_id = \(organization) and account_id = \(account)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Makes an account a member; false when it is one already, or is deactivated.
  static func add(
    _ account: ID<Account>, to organization: ID<Organization>, as role: OrganizationRole,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select add_member(\(organization), \(account), \(role.rawValue)::membership_role)"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Changes a member's role; false when the account is not a member.
  static func change(
    _ account: ID<Account>, in organization: ID<Organization>, to role: OrganizationRole,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select change_member(\(organization), \(account), \(role.rawValue)::membership_role)"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Removes a member; false when the account is not a member.
  static func remove(
    _ account: ID<Account>, from organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select remove_member(\(organization), \(account))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Returns the active account with a username or a verified e-mail address, or nil.
  static func account(
    named login: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.one("select find_account(\(login))") { row throws(PostgresError) in try row.next() }
  }

  /// Returns the members of a project, one row per role.
  static func list(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [ProjectMembers.Member] {
    try db.all(
      """
      select m.account_id, a.username, m.role
      from project_member m join account a on a.account_id = m.account_id
      where m.project_id = \(project)
      order by lower(a.username), m.role
      """
    ) { row throws(PostgresError) in
      try ProjectMembers.Member(id: row.next(), username: row.next(), role: row.next())
    }
  }

  /// Adds a role in a project; repeating has no effect.
  static func add(
    _ account: ID<Account>, to project: ID<Project>, of organization: ID<Organization>,
    as role: ProjectRole, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into project_member (project_id, organization_id, account_id, role)
      values (\(project), \(organization), \(account), \(role.rawValue)::project_role)
      on conflict do nothing
      """)
  }

  /// Removes all roles of an account in a project; false when there were none.
  static func remove(
    _ account: ID<Account>, from project: ID<Project>, of organization: ID<Organization>,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      delete from project_member
      where project_id = \(project) and organization_id = \(organization)
        and account_id = \(account)
      """) > 0
  }

  /// Whether the caller may manage a project's members.
  ///
  /// These are its admin, an owner or admin of its organization, and the member who created it.
  static func runs(
    _ project: ID<Project>, _ caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      """
      select exists (
        select from project p
        where p.project_id = \(project) and (
          role_in(p.organization_id) in ('owner', 'admin')
          or p.created_by = \(caller.id) and role_in(p.organization_id) is not null
          or exists (
            select from project_member m
            where m.project_id = p.project_id and m.account_id = \(caller.id)
              and m.role = 'admin')))
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
