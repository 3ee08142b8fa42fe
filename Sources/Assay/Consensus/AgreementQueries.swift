internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the agreement of labelers.
enum AgreementQueries {
  /// The join of a claim `c` with the person's current answer `n`.
  private static let current: SQL = """
    cross join lateral (
      select a.labels, a.content from annotation a
      where a.item_id = c.item_id and a.account_id = c.account_id
      order by a.revision desc limit 1
    ) n
    """

  /// Returns the people with the most answers.
  static func pairedPeople(
    in project: ID<Project>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [Agreement.Sheet.Person] {
    try db.all(
      """
      select g.account_id, coalesce(p.username, labeler_name(g.assignment_id), '')
      from (
        select c.account_id, min(c.assignment_id::text)::uuid as assignment_id, count(*) as answers
        from claim c where c.project_id = \(project) and c.state in ('counted', 'surplus')
        group by c.account_id
        order by answers desc, c.account_id limit \(limit)
      ) g
      left join account p on p.account_id = g.account_id
      order by g.answers desc, g.account_id
      """
    ) { row throws(PostgresError) in
      try Agreement.Sheet.Person(account: row.next(), name: row.next())
    }
  }

  /// Passes the answers of a project to `body`, item by item.
  static func eachAnswer(
    in project: ID<Project>, _ db: Connection,
    _ body: (ID<Item>, ID<Account>, LabelAnswer) throws -> Void
  ) throws {
    try db.each(
      """
      select c.item_id, c.account_id, o.text_forms, n.labels, n.content,
        normalize(n.content, nfkc)
      from claim c
      join pool o on o.project_id = c.project_id
      join pool_item p on p.item_id = c.item_id and p.state <> 'excluded'
      \(current)
      where c.project_id = \(project) and c.state in ('counted', 'surplus')
      order by c.item_id, c.account_id
      """
    ) { row in
      let (item, account) = (try row.next(ID<Item>.self), try row.next(ID<Account>.self))
      let forms = try TextForms(row.next([String].self))
      try body(
        item, account,
        LabelAnswer(
          labels: row.next(), content: row.next(), compared: row.next(String?.self).map(forms.fold))
      )
    }
  }

  /// Returns labelers, those with the most answers first, without skill and confusion.
  static func labelers(
    in project: ID<Project>, limit: Int, skip: Int, _ db: Connection
  ) throws(PostgresError) -> [Agreement.Labeler] {
    try db.all(
      """
      with answer as materialized (
        select c.account_id, c.assignment_id, c.is_right, p.is_gold,
          coalesce(
            c.seconds, extract(epoch from c.answered_at - c.claimed_at))::double precision as seconds
        from claim c join pool_item p on p.item_id = c.item_id
        where c.project_id = \(project) and c.state in ('counted', 'surplus')
      ), usual as (
        select percentile_cont(0.5) within group (order by seconds) as seconds from answer
      ), person as (
        select a.account_id, min(a.assignment_id::text)::uuid as assignment_id,
          count(*)::integer as answers,
          (count(*) filter (where a.is_gold and a.is_right))::integer as gold_right,
          (count(a.is_right) filter (where a.is_gold))::integer as gold,
          (count(*) filter (where not a.is_gold and a.is_right))::integer as result_right,
          (count(a.is_right) filter (where not a.is_gold))::integer as results,
          percentile_cont(0.5) within group (order by a.seconds) as median,
          avg((a.seconds < u.seconds / 3)::integer)::double precision as too_fast
        from answer a, usual u
        group by a.account_id
        order by answers desc, a.account_id
        limit \(limit) offset \(skip)
      )
      select p.account_id, coalesce(o.username, labeler_name(p.assignment_id), ''), p.answers,
        p.gold_right, p.gold, p.result_right, p.results, p.median, p.too_fast, b.barred_at, s.skill
      from person p
      left join account o on o.account_id = p.account_id
      left join gold_bar b on b.project_id = \(project) and b.account_id = p.account_id
      left join labeler_skill s
        on s.project_id = \(project) and s.account_id = p.account_id and s.topic = ''
      order by p.answers desc, p.account_id
      """
    ) { row throws(PostgresError) in
      try Agreement.Labeler(
        account: row.next(), username: row.next(), answers: row.next(),
        gold: Agreement.Score(correct: row.next(), count: row.next()),
        results: Agreement.Score(correct: row.next(), count: row.next()),
        medianSeconds: row.next(), tooFast: row.next(), barredAt: row.next(), skills: row.next())
    }
  }

  /// Returns how the answers of people differ from the results, for classes.
  ///
  /// Of each person the most frequent pairs are returned.
  static func confusion(
    in project: ID<Project>, of people: [ID<Account>], _ db: Connection
  ) throws(PostgresError) -> [ID<Account>: [Agreement.Confusion]] {
    let rows = try db.all(
      """
      select account_id, truth, answer, number from (
        select c.account_id, l.labels as truth, n.labels as answer, count(*)::integer as number,
          row_number() over (
            partition by c.account_id order by count(*) desc, l.labels, n.labels) as place
        from claim c
        join pool_item p on p.item_id = c.item_id and p.state = 'resolved'
        join item_label l on l.item_id = c.item_id and l.content is null
        \(current)
        where c.project_id = \(project) and c.account_id = any (\(people.map(\.bytes))::uuid[])
          and c.state in ('counted', 'surplus')
        group by c.account_id, l.labels, n.labels
      ) g
      where place <= 100
      order by account_id, place
      """
    ) { row throws(PostgresError) in
      (
        try row.next(ID<Account>.self),
        try Agreement.Confusion(truth: row.next(), answer: row.next(), count: row.next())
      )
    }
    return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
  }
}
