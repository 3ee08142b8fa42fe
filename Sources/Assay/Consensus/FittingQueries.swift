internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that fits models.
enum FittingQueries {
  /// Returns projects with news since their last fit, the oldest fit first.
  ///
  /// A fit rests twenty times as long as it took, so that it takes a small part of a worker. An
  /// answer may become visible some time after its moment.
  static func due(limit: Int, _ db: Connection) throws(PostgresError) -> [ID<Project>] {
    try db.all(
      """
      select o.project_id from pool o
      left join consensus_fit f on f.project_id = o.project_id
      cross join lateral (
        select coalesce(f.fitted_at, '-infinity') as at
      ) last
      where last.at < now() - greatest(10, f.took_seconds * 20) * interval '1 second'
        and (
          exists (
            select from claim c
            where c.project_id = o.project_id
              and c.answered_at > last.at - interval '30 seconds' offset 0)
          or exists (
            select from decision d
            where d.project_id = o.project_id and d.created_at > last.at - interval '30 seconds'
            offset 0)
          or f.project_id is not null and greatest(o.changed_at, o.refit_at) > last.at)
      order by last.at
      limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Passes the counted answers of a project to `body`, item by item.
  static func eachAnswer(
    in project: ID<Project>, _ db: Connection,
    _ body: (ID<Item>, ID<Account>, [String]) throws -> Void
  ) throws {
    try db.each(
      """
      select c.item_id, c.account_id, n.labels
      from claim c
      join pool_item p on p.item_id = c.item_id and p.state <> 'excluded'
      cross join lateral (
        select a.labels from annotation a
        where a.item_id = c.item_id and a.account_id = c.account_id
        order by a.revision desc limit 1
      ) n
      where c.project_id = \(project) and c.state = 'counted'
      order by c.item_id, c.account_id
      """
    ) { row in try body(row.next(), row.next(), row.next()) }
  }

  /// Returns the items whose answer a person knows, without those that were contested before: they
  /// are harder than others.
  static func known(
    in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [(item: ID<Item>, labels: [String])] {
    try db.all(
      """
      select l.item_id, l.labels
      from item_label l
      join pool_item p on p.item_id = l.item_id and p.state = 'resolved'
      where l.project_id = \(project) and l.method in ('gold', 'review') and l.content is null
        and not exists (
          select from decision d
          where d.item_id = l.item_id and d.state_before = 'contested' offset 0)
      order by l.item_id
      """
    ) { row throws(PostgresError) in (try row.next(), try row.next()) }
  }

  /// Replaces the model of a project, with the moment from which its answers were read.
  static func save(
    _ fitted: Fitting.Fitted, of project: ID<Project>, seconds: Double, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into consensus_fit (
        project_id, organization_id, temperature, calibrated_on, fitted_at, took_seconds)
      select o.project_id, o.organization_id, \(fitted.temperature.value),
        \(fitted.temperature.items), now() - \(seconds) * interval '1 second', \(seconds)
      from pool o where o.project_id = \(project)
      on conflict (project_id) do update set
        temperature = excluded.temperature, calibrated_on = excluded.calibrated_on,
        fitted_at = excluded.fitted_at,
        took_seconds = excluded.took_seconds
      """)
    try db.run("delete from consensus_model where project_id = \(project)")
    try db.run("delete from labeler_skill where project_id = \(project)")
    for topic in fitted.topics { try save(topic, of: project, db) }
  }

  private static func save(
    _ topic: Fitting.Topic, of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) {
    let model = topic.fit.model
    try db.run(
      """
      insert into consensus_model (
        project_id, topic, organization_id, method, classes, prior, average)
      select o.project_id, \(topic.name), o.organization_id, \(model.method.rawValue),
        \(topic.classes)::text[], \(model.prior)::double precision[],
        \(model.average)::double precision[]
      from pool o where o.project_id = \(project)
      """)
    // Each statement has one list of numbers, of which each person has a slice.
    let most = max(1, min(1000, numbers / max(1, topic.width)))
    for start in stride(from: 0, to: topic.people.count, by: most) {
      let end = min(start + most, topic.people.count)
      let skills = Array(topic.skills[start * topic.width..<end * topic.width])
      try db.run(
        """
        insert into labeler_skill (project_id, topic, account_id, organization_id, skill)
        select o.project_id, \(topic.name), g.account_id, o.organization_id,
          (\(skills)::double precision[])[
            (g.place - 1) * \(topic.width) + 1 : g.place * \(topic.width)]
        from pool o,
          unnest(\(Array(topic.people[start..<end]))::uuid[]) with ordinality
            as g (account_id, place)
        where o.project_id = \(project)
        """)
    }
  }

  /// The most numbers of a statement: PostgreSQL copies the list for each slice.
  private static let numbers = 100_000

  /// Lets a project rest after a fit that failed, so that it does not delay others.
  static func postpone(_ project: ID<Project>, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      insert into consensus_fit (
        project_id, organization_id, temperature, calibrated_on, fitted_at, took_seconds)
      select o.project_id, o.organization_id, \(Temperature.prior.value), 0, now(), 60
      from pool o where o.project_id = \(project)
      on conflict (project_id) do update set
        fitted_at = excluded.fitted_at, took_seconds = excluded.took_seconds
      """)
  }

  /// Records the time that a whole fit took, with the results that it changed.
  static func note(
    _ seconds: Double, of project: ID<Project>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      "update consensus_fit set took_seconds = \(seconds) where project_id = \(project)")
  }

  /// Returns open items with answers, or items that a rule may have decided, by ascending id.
  static func items(
    in project: ID<Project>, areOpen: Bool, after: UUIDBytes?, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>] {
    let states: SQL =
      areOpen ? "state = 'open' and answers > 0" : "state in ('resolved', 'contested')"
    return try db.all(
      """
      select item_id from pool_item
      where project_id = \(project) and \(states) and item_id > \(after ?? .first)
      order by item_id limit \(limit)
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}
