internal import Postgres
internal import Vocabulary

/// Every SQL statement about the settings of pools.
enum PoolQueries {
  /// Locks a project against uploads and other changes, so that the pool misses no new item.
  static func lockProject(_ project: ID<Project>, _ db: Connection) throws(PostgresError) {
    try db.run("select from project where project_id = \(project) for update")
  }

  private static let columns: SQL = """
    o.answer::text, o.min_labels::integer, o.max_labels::integer, o.target_confidence,
    o.lease_seconds, o.points_per_item, o.items_per_task::integer,
    o.leases_per_person::integer, o.gold_rate, o.gold_floor,
    o.text_forms, o.instructions
    """

  /// Returns the settings of a project's pool; nil when it was never opened.
  static func settings(
    of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Pool.Settings? {
    try db.first("select \(columns) from pool o where o.project_id = \(project)", settings)
  }

  private static func settings(_ row: inout Row) throws(PostgresError) -> Pool.Settings {
    try Pool.Settings(
      answer: row.next(), minLabels: row.next(), maxLabels: row.next(),
      targetConfidence: row.next(), leaseSeconds: row.next(), pointsPerItem: row.next(),
      itemsPerTask: row.next(), leasesPerPerson: row.next(), goldRate: row.next(),
      goldFloor: row.next(), textForms: row.next(), instructions: row.next())
  }

  /// Returns whether the kind of answer can change, which later claims then wait for.
  static func mayChangeAnswer(
    _ project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select may_change_answer(\(project))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Returns whether an organization may have this project's pool open, too.
  ///
  /// Another opening in the organization is awaited.
  static func mayOpen(
    _ project: ID<Project>, of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      "select pg_advisory_xact_lock(hashtextextended('pools ' || \(organization)::text, 0))")
    return try db.one(
      """
      select exists (select from pool where project_id = \(project) and state = 'open')
        or (select count(*) from pool where organization_id = \(organization) and state = 'open')
          < (select open_pools from site_limits)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Opens a pool, or changes its settings; all its items are then compared with them.
  static func open(
    _ project: ID<Project>, of organization: ID<Organization>, _ settings: Pool.Settings,
    by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into pool (
        project_id, organization_id, answer, min_labels, max_labels, target_confidence,
        lease_seconds, points_per_item, items_per_task, leases_per_person, gold_rate,
        gold_floor, text_forms, instructions, opened_by)
      values (
        \(project), \(organization), \(settings.answer)::answer_kind, \(settings.minLabels),
        \(settings.maxLabels), \(settings.targetConfidence), \(settings.leaseSeconds),
        \(settings.pointsPerItem), \(settings.itemsPerTask), \(settings.leasesPerPerson),
        \(settings.goldRate), \(settings.goldFloor), \(settings.textForms)::text[],
        \(settings.instructions), \(account))
      on conflict (project_id) do update set
        answer = excluded.answer, min_labels = excluded.min_labels,
        max_labels = excluded.max_labels, target_confidence = excluded.target_confidence,
        lease_seconds = excluded.lease_seconds, points_per_item = excluded.points_per_item,
        items_per_task = excluded.items_per_task,
        leases_per_person = excluded.leases_per_person, gold_rate = excluded.gold_rate,
        gold_floor = excluded.gold_floor, text_forms = excluded.text_forms,
        instructions = excluded.instructions, state = 'open', changed_at = now(),
        filled_to = null, is_filled = false
      """)
  }

  /// Closes a pool; false when it was closed already.
  static func close(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select close_pool(\(project))") { row throws(PostgresError) in try row.next() }
  }

  /// Returns a pool with the counts of its items; nil when it was never opened.
  static func show(_ project: ID<Project>, _ db: Connection) throws(PostgresError) -> Pool.Row? {
    try db.first(
      """
      select o.state::text, \(columns), n.*
      from pool o
      cross join (
        select count(*) filter (where state = 'open'), count(*) filter (where state = 'held'),
          count(*) filter (where state = 'resolved'), count(*) filter (where state = 'contested'),
          count(*) filter (where state = 'excluded'), coalesce(sum(answers), 0),
          coalesce(sum(leases), 0)
        from pool_item where project_id = \(project)
      ) n
      where o.project_id = \(project)
      """
    ) { row throws(PostgresError) in
      let status = try row.next(Pool.Row.Status.self)
      return try Pool.Row(
        request: project, status: status, settings: settings(&row),
        counts: Pool.Counts(
          open: row.next(), held: row.next(), resolved: row.next(), contested: row.next(),
          excluded: row.next(), answers: row.next(), leases: row.next()))
    }
  }
}
