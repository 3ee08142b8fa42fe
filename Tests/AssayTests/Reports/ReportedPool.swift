import Assay
import HTTP
import Postgres
import Site
import Support
import Web

/// A customer's request that is open to the crowd, made by the functions of the database.
struct ReportedPool {
  let site: TestSite
  let customer: Person
  let admin: Person
  let request: String
  /// The pictures in the order of their ids.
  let images: [String]
  /// The points of an answer.
  static let points = 5

  /// Makes and opens the request.
  init(pictures: Int = 2, perTask: Int = 2, slots: Int = 3) throws {
    site = try TestSite()
    customer = try site.person(.customer)
    admin = try site.person(.admin)
    request = try site.request(by: customer)
    let files = (0..<pictures).map { index in
      (name: "\(index).png", bytes: Pictures.png(seed: UInt64(index + 1)))
    }
    images = try site.upload(files, to: request, by: customer).reversed()
    guard images.count == pictures else { throw Missing(description: "not all were taken") }
    try open(perTask: perTask, slots: slots)
  }

  private func open(perTask: Int, slots: Int) throws {
    let owner = site.owner()
    try owner.run(
      """
      insert into pool (
        project_id, organization_id, answer, min_labels, max_labels, target_confidence,
        lease_seconds, points_per_item, items_per_task, leases_per_person, gold_rate, instructions,
        opened_by)
      select project_id, organization_id, 'choice', \(slots), \(slots), 0.9, 600, \(Self.points),
        \(perTask), 10, 0, '', created_by
      from project where project_id = \(request)::uuid
      """)
    try owner.run("select fill_pool(\(request)::uuid, 1000)")
    try owner.run("select bundle_pool(\(request)::uuid, 1000)")
  }

  /// The tasks of the pool, oldest first.
  func tasks() throws -> [String] {
    try texts(
      """
      select task_id::text from task where project_id = \(request)::uuid and in_pool
      order by task_id
      """)
  }

  /// The only column of all rows.
  func texts(_ query: SQL) throws -> [String] {
    try site.owner().all(query) { row throws(PostgresError) in try row.next() }
  }

  /// The number in the only row.
  func number(_ query: SQL) throws -> Int {
    try site.owner().one(query) { row throws(PostgresError) in try row.next() }
  }

  /// The state of each picture in the pool, in the order of `images`.
  func states() throws -> [String] {
    try texts(
      """
      select state::text from pool_item where project_id = \(request)::uuid order by item_id
      """)
  }

  /// The state of each picture and the reason of its exclusion, in the order of `images`.
  func items() throws -> [String] {
    try texts(
      """
      select concat_ws(' ', state, excluded_because) from item
      where project_id = \(request)::uuid order by item_id
      """)
  }

  /// The state of a person's place on a picture; nil when there is none.
  func claim(of person: Person, on image: String) throws -> String? {
    try texts(
      """
      select c.state::text from claim c join account a using (account_id)
      where c.item_id = \(image)::uuid and a.username = \(person.username)
      """
    ).first
  }

  /// The entries of a person in the ledger, in order: `settled 5`.
  func entries(of person: Person) throws -> [String] {
    try texts(
      """
      select e.kind || ' ' || e.points from points_entry e join account a using (account_id)
      where a.username = \(person.username) order by e.created_at, e.kind
      """)
  }

  /// The sums of points that differ from the sums of the ledger.
  func wrongSums() throws -> [String] {
    try texts(
      """
      with entry as (
        select account_id, project_id, earned_on as day,
          coalesce(sum(points) filter (where kind <> 'provisional'), 0) as points,
          coalesce(sum(points) filter (where kind = 'provisional'), 0) as provisional
        from points_entry group by account_id, project_id, earned_on
      ), person as (
        select account_id, sum(points) as points, sum(provisional) as provisional
        from entry group by account_id
      )
      select concat_ws(' ', 'day', account_id, e.points, d.points, e.provisional, d.provisional)
      from entry e full join points_day d using (account_id, project_id, day)
      where (coalesce(e.points, 0), coalesce(e.provisional, 0))
        is distinct from (coalesce(d.points, 0), coalesce(d.provisional, 0))
      union all
      select concat_ws(' ', 'total', account_id, p.points, t.points, p.provisional, t.provisional)
      from person p full join points_total t using (account_id)
      where (coalesce(p.points, 0), coalesce(p.provisional, 0))
        is distinct from (coalesce(t.points, 0), coalesce(t.provisional, 0))
      """)
  }
}

extension ReportedPool {
  /// Claims a task for a person.
  func claim(_ task: String, by person: Person) throws {
    try site.owner().transaction { db in
      try db.run(
        """
        select set_config('assay.account', account_id::text, true) from account
        where username = \(person.username)
        """)
      let outcome = try db.one("select claim_task(\(task)::uuid)") {
        row throws(PostgresError) in try row.next(String.self)
      }
      guard outcome == "claimed" else { throw Missing(description: outcome) }
    }
  }

  /// Saves a person's labels of a picture, without an end of the lease.
  func save(_ image: String, by person: Person) throws {
    try site.owner().transaction { db in try Self.save(image, by: person, db) }
  }

  /// Saves labels and gives them their slot, as a submit does.
  func answer(_ image: String, by person: Person) throws {
    try sender.answer(image, by: person, site.owner())
  }

  /// Reports a task or a picture of it.
  @discardableResult
  func report(_ task: String, _ image: String? = nil, by person: Person) throws -> Answer {
    try sender.report(task, image, by: person, site.client)
  }

  /// Reports and returns the report's id.
  func reported(_ task: String, _ image: String? = nil, by person: Person) throws -> String {
    try report(task, image, by: person).json["report_id"].string
  }

  /// Upholds or dismisses a report as the customer.
  @discardableResult
  func decide(_ report: String, _ verb: String) throws -> Answer {
    try sender.decide(report, verb, site.client)
  }

  /// Sends requests on any thread.
  var sender: Sender {
    Sender(site: site.site, database: site.database, request: request, customer: customer)
  }

  /// The part of the pool that threads may share.
  struct Sender: Sendable {
    let site: Site
    let database: String
    let request: String
    let customer: Person

    /// Reports a task or a picture of it.
    func report(
      _ task: String, _ image: String?, by person: Person, _ client: Client
    ) throws -> Answer {
      let named = image.map { #", "image_id": "\#($0)""# } ?? ""
      return try client.send(
        "POST", "/tasks/report", as: person,
        json: #"{"task_id": "\#(task)", "reason": "Blurred"\#(named)}"#)
    }

    /// Upholds or dismisses a report as the customer.
    func decide(_ report: String, _ verb: String, _ client: Client) throws -> Answer {
      try client.send("POST", "/requests/\(request)/reports/\(report)/\(verb)", as: customer)
    }

    /// Saves labels and gives them their slot, as a submit does.
    func answer(_ image: String, by person: Person, _ owner: Connection) throws {
      try owner.transaction { db in
        // A submit locks its assignment first.
        try db.run(
          """
          select from assignment a join account p using (account_id)
          where p.username = \(person.username) for no key update of a
          """)
        try ReportedPool.save(image, by: person, db)
        try db.run(
          """
          select count_answers(c.assignment_id, array[c.item_id], array[2.5]::real[], null)
          from claim c join account a using (account_id)
          where a.username = \(person.username) and c.item_id = \(image)::uuid
          """)
      }
    }
  }

  private static func save(
    _ image: String, by person: Person, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into annotation (
        annotation_id, organization_id, project_id, assignment_id, item_id, account_id, revision,
        labels)
      select uuid_v7(), c.organization_id, c.project_id, c.assignment_id, c.item_id, c.account_id,
        1, '{cat}'
      from claim c join account a using (account_id)
      where a.username = \(person.username) and c.item_id = \(image)::uuid
      """)
  }
}
