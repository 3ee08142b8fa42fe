internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement about gold.
enum GoldQueries {
  /// Returns the number of gold items of a project that are not among these.
  static func count(
    in project: ID<Project>, without items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.one(
      """
      select count(*) from gold_item
      where project_id = \(project) and item_id <> all (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the last decision about an item; nil when nobody has decided it.
  static func lastDecision(
    about item: ID<Item>, _ db: Connection
  ) throws(PostgresError) -> (answer: LabelAnswer, decider: ID<Account>)? {
    try db.first(
      """
      select labels, content, account_id from decision
      where item_id = \(item) order by decision_id desc limit 1
      """
    ) { row throws(PostgresError) in
      (try LabelAnswer(labels: row.next(), content: row.next()), try row.next())
    }
  }

  /// Returns the number of gold items whose answer is not of this kind.
  static func misfits(
    in project: ID<Project>, _ kind: AnswerKind, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.one(
      """
      select count(*) from gold_item
      where project_id = \(project) and case \(kind)
        when 'text' then content is null
        when 'choice' then content is not null or cardinality(labels) > 1
        else content is not null end
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Records known answers; the items are gold in their pool from now on.
  static func save(
    _ elements: [Gold.Element], in project: ID<Project>, by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) {
    let items = elements.map(\.image.bytes)
    try db.run(
      """
      insert into gold_item (item_id, organization_id, project_id, labels, content, created_by)
      select g.item_id, i.organization_id, i.project_id,
        array(select jsonb_array_elements_text(g.labels::jsonb)), g.content, \(account)
      from unnest(
        \(items)::uuid[], \(elements.map { LabelList.json($0.answer.labels) })::text[],
        \(elements.map(\.answer.content))::text[]) as g (item_id, labels, content)
      join item i on i.item_id = g.item_id
      on conflict (item_id) do update set
        labels = excluded.labels, content = excluded.content, created_by = excluded.created_by,
        created_at = now()
      """)
    try db.run("update pool_item set is_gold = true where item_id = any (\(items)::uuid[])")
    try db.run("update pool set refit_at = now() where project_id = \(project)")
  }

  /// Makes an item an ordinary one without a result; false when it was not gold.
  static func remove(
    _ item: ID<Item>, from project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    let removed = try db.first(
      """
      delete from gold_item where item_id = \(item) and project_id = \(project)
      returning true
      """
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    guard removed != nil else { return false }
    try db.run("delete from item_label where item_id = \(item)")
    try db.run(
      """
      with open as (
        update pool_item p
        set is_gold = false,
          state = case when p.state in ('excluded', 'held') then p.state else 'open' end,
          is_settled = true, slots = greatest(o.max_labels, p.answers + p.leases)
        from pool o where p.item_id = \(item) and o.project_id = p.project_id
        returning p.item_id, p.state
      )
      update item i set state = 'ready' from open o
      where i.item_id = o.item_id and i.state in ('resolved', 'contested')
      """)
    try db.run(
      """
      select recount_tasks(array(
        select task_id from pool_item where item_id = \(item) and task_id is not null))
      """)
    try db.run("update pool set refit_at = now() where project_id = \(project)")
    return true
  }

  /// Returns gold items, newest first.
  static func list(
    in project: ID<Project>, only items: [ID<Item>]?, limit: Int, after: UUIDBytes?,
    _ db: Connection
  ) throws(PostgresError) -> [Gold.Row] {
    let isWanted: SQL = items.map { "g.item_id = any (\($0.map(\.bytes))::uuid[])" } ?? "true"
    return try db.all(
      """
      select g.item_id, i.filename, g.labels, g.content, n.*, g.created_at
      from (
        select * from gold_item g
        where g.project_id = \(project) and g.item_id < \(after ?? .last) and \(isWanted)
        order by g.item_id desc limit \(limit)
      ) g
      join item i on i.item_id = g.item_id
      cross join lateral (
        select count(*), count(c.is_right), count(*) filter (where c.is_right)
        from claim c where c.item_id = g.item_id and c.state in ('counted', 'surplus')
      ) n
      order by g.item_id desc
      """
    ) { row throws(PostgresError) in
      try Gold.Row(
        image: row.next(), filename: row.next(), labels: row.next(), text: row.next(),
        answers: row.next(), judged: row.next(), correct: row.next(), createdAt: row.next())
    }
  }
}
