internal import Postgres

/// Every SQL statement about the members of organizations and projects.
enum MemberQueries {
  /// The members of an organization, the oldest first; of those who were never asked no more than
  /// the username.
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

  /// What an account is in an organization; nil when it is no member.
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

  /// Makes an account a member; false when it is one already, or deactivated.
  static func add(
    _ account: ID<Account>, to organization: ID<Organization>, as role: OrganizationRole,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select add_member(\(organization), \(account), \(role.rawValue)::membership_role)"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Gives a member another role; false when the account is no member.
  static func change(
    _ account: ID<Account>, in organization: ID<Organization>, to role: OrganizationRole,
    _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select change_member(\(organization), \(account), \(role.rawValue)::membership_role)"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Takes somebody out; false when it is no member.
  static func remove(
    _ account: ID<Account>, from organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select remove_member(\(organization), \(account))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// The active account of a username or a verified e-mail address.
  static func account(
    named login: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.one("select find_account(\(login))") { row throws(PostgresError) in try row.next() }
  }

  /// What an account may do in a project, one row a role.
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

  /// Adds a role in a project; twice is once.
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

  /// Takes all of somebody's roles in a project away; false when there were none.
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

  /// Whether the caller decides who works on a project: its admin, an owner or admin of its
  /// organization, or the member who made it.
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
