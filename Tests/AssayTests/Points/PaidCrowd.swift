import Assay
import Postgres
import Site
import Support
import Testing
import Web

/// A request that is opened to a crowd; tests write answers and results with the database's own
/// functions.
struct PaidCrowd: Sendable {
  let customer: Person
  let request: String
  let images: [String]
  private let database: String
  private let workers: String

  /// A new connection with the owner's rights.
  var owner: Connection { Connection(database) }

  /// Makes a customer, a request with pictures, and its pool with one task.
  init(
    _ site: TestSite, pictures: Int = 1, slots: Int = 3, points: Int = 10,
    customer: Person? = nil
  ) throws {
    let customer = try customer ?? site.person(.customer)
    let request = try site.request(by: customer)
    let files = (0..<pictures).map { index in
      (name: "\(index).png", bytes: Pictures.png(seed: UInt64(index + 1)))
    }
    let images = try site.upload(files, to: request, by: customer)
    try self.init(
      site, opening: request, of: customer, images: images.reversed(), slots: slots,
      points: points)
  }

  /// Opens a request that is there already.
  init(
    _ site: TestSite, opening request: String, of customer: Person, images: [String],
    slots: Int = 3, points: Int = 10
  ) throws {
    database = site.database
    workers = site.site.config.database(as: .worker)
    (self.customer, self.request, self.images) = (customer, request, images)
    let owner = site.owner()
    try owner.run(
      """
      insert into pool (
        project_id, organization_id, answer, min_labels, max_labels, target_confidence,
        lease_seconds, points_per_item, items_per_task, leases_per_person, gold_rate, instructions,
        opened_by)
      select project_id, organization_id, 'multi', \(slots)::smallint, \(slots)::smallint, 0.9, 600,
        \(points)::integer, 1000, 100, 0, '', created_by
      from project where project_id = \(request)::uuid
      """)
    try owner.run("select fill_pool(\(request)::uuid, 1000)")
    try owner.run("select bundle_pool(\(request)::uuid, 1000)")
  }

  /// Leases all free items of the task to a person.
  func claim(_ person: Person) throws {
    let db = owner
    try db.run(
      """
      select set_config('assay.account', account_id::text, false) from account
      where username = \(person.username)
      """)
    try db.run(
      "select claim_task(task_id) from task where project_id = \(request)::uuid and in_pool")
  }

  /// Ends a person's lease.
  func expire(_ person: Person) throws {
    try owner.run(
      """
      select count_answers(assignment_id, '{}', '{}', 'expired') from assignment
      join account using (account_id)
      where username = \(person.username) and project_id = \(request)::uuid
      """)
  }

  /// Saves and counts a person's answer; leases the task before, if the person never has.
  func answer(
    _ person: Person, _ image: Int = 0, _ labels: [String] = [], text: String? = nil,
    seconds: Double? = nil
  ) throws {
    let db = owner
    let hasTask = try db.one(
      """
      select exists (
        select from assignment join account using (account_id)
        where username = \(person.username) and project_id = \(request)::uuid)
      """
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    if !hasTask { try claim(person) }
    try save(person, image, labels, text: text)
    let counted = try db.run(
      """
      select count_answers(
        assignment_id, array[\(images[image])::uuid], array[\(seconds)::real], null)
      from assignment join account using (account_id)
      where username = \(person.username) and project_id = \(request)::uuid
      """)
    guard counted == 1 else { throw Missing(description: "no task for \(person.username)") }
  }

  /// Saves a person's answer without counting it.
  func save(
    _ person: Person, _ image: Int = 0, _ labels: [String] = [], text: String? = nil
  ) throws {
    try owner.run(
      """
      insert into annotation (
        annotation_id, organization_id, project_id, assignment_id, item_id, account_id, revision,
        labels, content)
      select uuid_v7(), s.organization_id, s.project_id, s.assignment_id, \(images[image])::uuid,
        s.account_id, 1 + (
          select count(*) from annotation n
          where n.item_id = \(images[image])::uuid and n.account_id = s.account_id)::integer,
        \(labels)::text[], \(text)::text
      from assignment s join account a using (account_id)
      where a.username = \(person.username) and s.project_id = \(request)::uuid
      """)
  }

  /// Writes the result of a picture, as when its slots are full or somebody corrects it.
  func resolve(
    _ image: Int = 0, _ labels: [String] = [], text: String? = nil, method: String = "majority",
    votes: Int = 3
  ) throws {
    try owner.run(
      """
      with resolved as (
        update pool_item set state = 'resolved', is_settled = false
        where item_id = \(images[image])::uuid
        returning item_id, organization_id, project_id
      )
      insert into item_label (
        item_id, organization_id, project_id, labels, content, confidence, method, votes)
      select item_id, organization_id, project_id, \(labels)::text[], \(text)::text, 1,
        \(method), \(votes)::smallint
      from resolved
      on conflict (item_id) do update set labels = excluded.labels, content = excluded.content,
        method = excluded.method, votes = excluded.votes
      """)
  }

  /// Settles points as the job does; returns the number of items.
  @discardableResult
  func settle() throws -> Int { try Settlement.settle(Connection(workers)) }

  /// The number of statements that wait for a lock.
  func waiting() throws -> Int {
    try owner.one(
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The ledger of a person in order: `settled 10`.
  func entries(_ person: Person) throws -> [String] {
    try owner.all(
      """
      select concat_ws(' ', kind, points) from points_entry join account using (account_id)
      where username = \(person.username) order by points_entry.created_at, kind, points
      """
    ) { row throws(PostgresError) in try row.next() }
  }
}

extension TestSite {
  /// Moves all answers and points some days into the past.
  func age(days: Int) throws {
    let db = owner()
    try db.run(
      "update claim set answered_at = answered_at - make_interval(days => \(days)::integer)")
    try db.run("update claim set claimed_at = claimed_at - make_interval(days => \(days)::integer)")
    try db.run("update points_entry set earned_on = earned_on - \(days)::integer")
    // By way of days that nobody has, because two days must not meet.
    try db.run("update points_day set day = day - 100000")
    try db.run("update points_day set day = day + 100000 - \(days)::integer")
  }

  /// Enters a day of a person as if its answers had been settled.
  /// - Parameter day: the number of days before the Monday of this week, or before today.
  func earn(
    _ person: Person, points: Int, settled: Int = 0, correct: Int = 0, in request: String,
    day: SQL = "(now() at time zone 'UTC')::date"
  ) throws {
    try owner().run(
      """
      with who as (
        select account_id, p.organization_id from account
        cross join (select organization_id from project where project_id = \(request)::uuid) p
        where username = \(person.username)
      ), entered as (
        insert into points_entry (account_id, organization_id, project_id, kind, points, earned_on)
        select account_id, organization_id, \(request)::uuid, 'settled', \(points)::integer, \(day)
        from who
      ), in_day as (
        insert into points_day as d (
          account_id, day, project_id, organization_id, points, labeled, settled, correct)
        select account_id, \(day), \(request)::uuid, organization_id, \(points)::integer,
          \(settled)::integer, \(settled)::integer, \(correct)::integer
        from who
        on conflict (account_id, day, project_id) do update set points = d.points + excluded.points,
          labeled = d.labeled + excluded.labeled, settled = d.settled + excluded.settled,
          correct = d.correct + excluded.correct
      )
      insert into points_total as t (account_id, points, labeled, settled, correct)
      select account_id, \(points)::integer, \(settled)::integer, \(settled)::integer,
        \(correct)::integer
      from who
      on conflict (account_id) do update set points = t.points + excluded.points,
        labeled = t.labeled + excluded.labeled, settled = t.settled + excluded.settled,
        correct = t.correct + excluded.correct
      """)
  }
}
