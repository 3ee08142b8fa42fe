internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement that turns answers into results.
enum ResolutionQueries {
  /// The counted answers of an item.
  struct Ballot {
    let item: ID<Item>
    let kind: MajorityVote.Kind
    var answers: [LabelAnswer]
  }

  /// Locks open items whose slots are full, and returns their current answers.
  static func ballots(of items: [ID<Item>], _ db: Connection) throws(PostgresError) -> [Ballot] {
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
    let rows = try db.all(
      """
      select p.item_id, o.answer::text, n.labels, n.content
      from pool_item p
      join pool o on o.project_id = p.project_id
      join claim c on c.item_id = p.item_id and c.state = 'counted'
      cross join lateral (
        select a.labels, a.content from annotation a
        where a.item_id = c.item_id and a.account_id = c.account_id
        order by a.revision desc limit 1
      ) n
      where p.item_id = any (\(ids)::uuid[]) and p.state = 'open' and p.answers >= p.slots
      order by p.item_id, c.account_id
      """
    ) { row throws(PostgresError) in
      try Ballot(
        item: row.next(), kind: row.next(),
        answers: [LabelAnswer(labels: row.next(), content: row.next())])
    }
    return joined(rows)
  }

  /// Joins successive ballots of one item.
  private static func joined(_ rows: [Ballot]) -> [Ballot] {
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

  /// Writes results; all slots have answers, so nobody holds a lease of these items.
  static func write(_ results: [Resolution.Result], _ db: Connection) throws(PostgresError) {
    guard !results.isEmpty else { return }
    let rows = Columns(results)
    try db.run(
      """
      with given as (
        select * from unnest(
          \(rows.items)::uuid[], \(rows.labels)::text[], \(rows.contents)::text[],
          \(rows.shares)::double precision[], \(rows.votes)::smallint[])
          as g (item_id, labels, content, share, votes)
      ), labelled as (
        insert into item_label (
          item_id, organization_id, project_id, labels, content, confidence, method, votes)
        select g.item_id, p.organization_id, p.project_id,
          array(select jsonb_array_elements_text(g.labels::jsonb)), g.content, g.share,
          'majority', g.votes
        from given g join pool_item p on p.item_id = g.item_id
        where g.labels is not null
        on conflict (item_id) do update set
          labels = excluded.labels, content = excluded.content,
          confidence = excluded.confidence, method = excluded.method, votes = excluded.votes,
          decided_by = null, decided_at = now()
      ), closed as (
        update pool_item p set
          state = case when g.labels is null then 'contested' else 'resolved'
            end::pool_item_state,
          is_settled = g.labels is null
        from given g
        where p.item_id = g.item_id
      )
      update item i set
        state = case when g.labels is null then 'contested' else 'resolved' end::item_state
      from given g
      where i.item_id = g.item_id and i.state <> 'excluded'
      """)
    try db.run(
      """
      select recount_tasks(array(
        select distinct task_id from pool_item
        where item_id = any (\(rows.items)::uuid[]) and task_id is not null))
      """)
  }

  /// The results as one array per column; labels are null for contested items.
  private struct Columns {
    var items: [UUIDBytes] = []
    /// A JSON array of each item's labels.
    var labels: [String?] = []
    var contents: [String?] = []
    var shares: [Double?] = []
    var votes: [Int] = []

    init(_ results: [Resolution.Result]) {
      for result in results {
        items.append(result.item.bytes)
        votes.append(result.votes)
        switch result.verdict {
        case .contested:
          labels.append(nil)
          contents.append(nil)
          shares.append(nil)
        case .resolved(let answer, let share):
          labels.append(LabelList.json(answer.labels))
          contents.append(answer.content)
          shares.append(share)
        }
      }
    }
  }
}

/// Lists of labels as JSON, because PostgreSQL has no arrays of lists of different lengths.
enum LabelList {
  /// Returns the JSON array.
  static func json(_ labels: [String]) -> String {
    var writer = JSONWriter()
    labels.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
