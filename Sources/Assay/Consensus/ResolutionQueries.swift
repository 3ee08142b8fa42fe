internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that turns answers into results.
enum ResolutionQueries {
  /// Locks items of a project as `lock` does, and the settings of its pool; returns the items that
  /// are not excluded.
  ///
  /// The kind of answer stays as it is, and the pool is not filled meanwhile: that looks for gold.
  static func lock(
    _ items: [ID<Item>], in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>] {
    try db.run("select from project where project_id = \(project) for no key update")
    let known = try db.all(
      """
      select item_id, state = 'excluded' from item
      where item_id = any (\(items.map(\.bytes))::uuid[]) and project_id = \(project)
      order by item_id for no key update
      """
    ) { row throws(PostgresError) in (try row.next(ID<Item>.self), try row.next(Bool.self)) }
    try db.run("select from pool where project_id = \(project) for no key update")
    try lock(known.map(\.0), db)
    return known.filter { !$0.1 }.map(\.0)
  }

  /// Locks items, their tasks and their rows in the pool, in this order.
  static func lock(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    let ids = items.map(\.bytes)
    try db.run(
      """
      select from item where item_id = any (\(ids)::uuid[]) order by item_id for no key update
      """)
    try db.run(
      """
      select from task
      where task_id in (select task_id from pool_item where item_id = any (\(ids)::uuid[]))
      order by task_id for no key update
      """)
    try db.run(
      """
      select from pool_item where item_id = any (\(ids)::uuid[]) order by item_id
      for no key update
      """)
  }

  /// Returns the counted answers of items that wait for a decision.
  ///
  /// The caller has locked the items.
  /// - Parameter revising: also items that a rule has decided before.
  static func ballots(
    of items: [ID<Item>], revising: Bool, _ db: Connection
  ) throws(PostgresError) -> [Ballot] {
    let states: SQL =
      revising
      ? """
      (p.state = 'open' or p.state in ('resolved', 'contested') and not p.is_gold
        and l.decided_by is null)
      """ : "p.state = 'open'"
    return try ballots(
      """
      p.item_id = any (\(items.map(\.bytes))::uuid[]) and \(states)
        and p.answers >= least(o.min_labels, p.slots)
      """, db)
  }

  /// Returns the counted answers of an item; nil without any.
  static func ballot(of item: ID<Item>, _ db: Connection) throws(PostgresError) -> Ballot? {
    try ballots("p.item_id = \(item)", db).first
  }

  private static func ballots(
    _ isWanted: SQL, _ db: Connection
  ) throws(PostgresError) -> [Ballot] {
    let rows = try db.all(
      """
      select p.item_id, o.project_id, o.answer::text, o.target_confidence, p.state::text, p.answers >= p.slots or o.state = 'closed' and p.leases = 0, o.text_forms,
        c.account_id, n.labels, n.content, normalize(n.content, nfkc),
        l.state::text, l.labels, l.content, l.confidence, l.is_calibrated, l.calibrated_on,
        l.method, l.votes::integer
      from pool_item p
      join pool o on o.project_id = p.project_id
      left join item_label l on l.item_id = p.item_id
      join claim c on c.item_id = p.item_id and c.state = 'counted'
      cross join lateral (
        select a.labels, a.content from annotation a
        where a.item_id = c.item_id and a.account_id = c.account_id
        order by a.revision desc limit 1
      ) n
      where \(isWanted)
      order by p.item_id, c.account_id
      """, ballot)
    var ballots: [Ballot] = []
    for row in rows {
      if let last = ballots.indices.last, ballots[last].item == row.item {
        ballots[last].answers += row.answers
      } else {
        ballots.append(row)
      }
    }
    return ballots
  }

  /// Reads a row: a ballot with one answer.
  private static func ballot(_ row: inout Row) throws(PostgresError) -> Ballot {
    let (item, project) = (try row.next(ID<Item>.self), try row.next(ID<Project>.self))
    let kind = try row.next(AnswerKind.self)
    let target = try row.next(Double.self)
    let (state, isFull) = (try row.next(String.self), try row.next(Bool.self))
    let forms = try TextForms(row.next([String].self))
    let answer = try Ballot.Answer(
      account: row.next(),
      answer: LabelAnswer(
        labels: row.next(), content: row.next(),
        compared: row.next(String?.self).map(forms.fold)))
    var result: Resolution.Result?
    // An open item may have had a result before it was excluded.
    if let word = try row.next(String?.self), state != "open" {
      result = try Resolution.Result(
        item: item, isResolved: word == "resolved",
        answer: LabelAnswer(labels: row.next(), content: row.next()), confidence: row.next(),
        isCalibrated: row.next(), calibratedOn: row.next(), method: row.next(), votes: row.next(),
        decider: nil)
    }
    return Ballot(
      item: item, project: project, kind: kind, target: target,
      result: result, isFull: isFull, answers: [answer])
  }

  /// Returns the number of counted answers of items that are in a pool.
  static func votes(
    for items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: Int] {
    let rows = try db.all(
      """
      select item_id, answers::integer from pool_item
      where item_id = any (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in (try row.next(ID<Item>.self), try row.next(Int.self)) }
    return Dictionary(rows) { first, _ in first }
  }

  /// Writes results, and ends the leases of decided items.
  ///
  /// The points of an item are due again when its answer changes.
  static func write(_ results: [Resolution.Result], _ db: Connection) throws(PostgresError) {
    guard !results.isEmpty else { return }
    let rows = Columns(results)
    try db.run(
      """
      with given as (
        select g.*, array(select jsonb_array_elements_text(g.names::jsonb)) as labels
        from unnest(
          \(rows.items)::uuid[], \(rows.states)::text[], \(rows.labels)::text[],
          \(rows.contents)::text[], \(rows.confidences)::double precision[],
          \(rows.areCalibrated)::boolean[], \(rows.calibratedOn)::integer[],
          \(rows.methods)::text[], \(rows.votes)::smallint[], \(rows.deciders)::uuid[])
          as g (
            item_id, state, names, content, confidence, is_calibrated, calibrated_on, method, votes,
            decided_by)
      ), before as materialized (
        select l.item_id, l.state, l.labels, l.content from item_label l
        join given g on g.item_id = l.item_id
      ), labelled as (
        insert into item_label (
          item_id, organization_id, project_id, state, labels, content, confidence, is_calibrated,
          calibrated_on, method, votes, decided_by)
        select g.item_id, i.organization_id, i.project_id, g.state::pool_item_state, g.labels,
          g.content, g.confidence, g.is_calibrated, g.calibrated_on, g.method, g.votes, g.decided_by
        from given g join item i on i.item_id = g.item_id
        order by g.item_id
        on conflict (item_id) do update set
          state = excluded.state, labels = excluded.labels, content = excluded.content,
          confidence = excluded.confidence, is_calibrated = excluded.is_calibrated,
          calibrated_on = excluded.calibrated_on, method = excluded.method,
          votes = excluded.votes, decided_by = excluded.decided_by, decided_at = now()
      ), closed as (
        update pool_item p set
          state = case when p.state in ('excluded', 'held') then p.state else g.state::pool_item_state end,
          is_settled = g.state = 'contested' or p.is_settled and coalesce(
            b.state = 'resolved' and (b.labels, b.content) is not distinct from
              (g.labels, g.content), false)
        from given g left join before b on b.item_id = g.item_id
        where p.item_id = g.item_id
        returning p.item_id, g.state
      )
      update item i set state = c.state::item_state
      from closed c
      where i.item_id = c.item_id and i.state <> 'excluded' and i.state <> c.state::item_state
      """)
    try endLeases(of: rows.items, db)
    try db.run(
      """
      select recount_tasks(array(
        select distinct task_id from pool_item
        where item_id = any (\(rows.items)::uuid[]) and task_id is not null))
      """)
  }

  /// Ends the leases of decided items that are not gold; a saved answer becomes surplus.
  private static func endLeases(of items: [UUIDBytes], _ db: Connection) throws(PostgresError) {
    // Another transaction may be saving an answer: the second statement sees it.
    try db.run(
      """
      select from claim c join pool_item p on p.item_id = c.item_id and not p.is_gold
      where c.item_id = any (\(items)::uuid[]) and c.state = 'leased'
      order by c.item_id, c.account_id for no key update of c
      """)
    try db.run(
      """
      with ended as (
        update claim c set
          state = case when exists (
              select from annotation n
              where n.item_id = c.item_id and n.account_id = c.account_id)
            then 'surplus' else 'returned' end::claim_state
        from pool_item p
        where c.item_id = any (\(items)::uuid[]) and c.state = 'leased'
          and p.item_id = c.item_id and not p.is_gold
        returning c.item_id
      )
      update pool_item p set leases = p.leases - e.number
      from (select item_id, count(*) as number from ended group by item_id) e
      where p.item_id = e.item_id
      """)
  }

  /// The results as one array per column.
  private struct Columns {
    var items: [UUIDBytes] = []
    var states: [String] = []
    /// A JSON array of each item's labels.
    var labels: [String] = []
    var contents: [String?] = []
    var confidences: [Double] = []
    var areCalibrated: [Bool] = []
    var calibratedOn: [Int] = []
    var methods: [String] = []
    var votes: [Int] = []
    var deciders: [UUIDBytes?] = []

    init(_ results: [Resolution.Result]) {
      for result in results {
        items.append(result.item.bytes)
        states.append(result.isResolved ? "resolved" : "contested")
        labels.append(LabelList.json(result.answer.labels))
        contents.append(result.answer.content)
        confidences.append(result.confidence)
        areCalibrated.append(result.isCalibrated)
        calibratedOn.append(result.calibratedOn)
        methods.append(result.method)
        votes.append(result.votes)
        deciders.append(result.decider?.bytes)
      }
    }
  }
}
