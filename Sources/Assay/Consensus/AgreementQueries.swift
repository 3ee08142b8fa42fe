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

  /// Whether an id belongs to a sample: its last two bytes are random.
  private static func isDrawn(_ id: SQL, _ sample: Agreement.Sample) -> SQL {
    "get_byte(uuid_send(\(id)), 14) * 256 + get_byte(uuid_send(\(id)), 15) < \(sample.share)"
  }

  /// Returns the people with the most answers, each with the number of all people's answers.
  static func pairedPeople(
    in project: ID<Project>, limit: Int, _ db: Connection
  ) throws(PostgresError) -> [(person: Agreement.Sheet.Person, all: Int)] {
    try db.all(
      """
      select g.account_id, coalesce(p.username, labeler_name(g.assignment_id), ''), g.total
      from (
        select c.account_id, min(c.assignment_id::text)::uuid as assignment_id,
          count(*) as answers, (sum(count(*)) over ())::bigint as total
        from claim c where c.project_id = \(project) and c.state in ('counted', 'surplus')
        group by c.account_id
        order by answers desc, c.account_id limit \(limit)
      ) g
      left join account p on p.account_id = g.account_id
      order by g.answers desc, g.account_id
      """
    ) { row throws(PostgresError) in
      (try Agreement.Sheet.Person(account: row.next(), name: row.next()), try row.next(Int.self))
    }
  }

  /// Passes the answers to the items of a sample to `body`, item by item.
  static func eachAnswer(
    in project: ID<Project>, _ sample: Agreement.Sample, _ db: Connection,
    _ body: (ID<Item>, ID<Account>, LabelAnswer) throws -> Void
  ) throws {
    try db.each(
      """
      with drawn as materialized (
        -- By itself: the planner cannot tell how few answers a sample has.
        select p.item_id, o.text_forms
        from pool_item p join pool o on o.project_id = p.project_id
        where p.project_id = \(project) and p.state <> 'excluded'
          and \(isDrawn("p.item_id", sample))
      )
      select c.item_id, c.account_id, d.text_forms, n.labels, n.content,
        normalize(n.content, nfkc)
      from drawn d
      join claim c on c.item_id = d.item_id and c.state in ('counted', 'surplus')
      \(current)
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
  ///
  /// The times are those of each person's last answers, and those of the request's.
  static func labelers(
    in project: ID<Project>, limit: Int, skip: Int, _ db: Connection
  ) throws(PostgresError) -> [Agreement.Labeler] {
    try db.all(
      """
      with person as materialized (
        select c.account_id, min(c.assignment_id::text)::uuid as assignment_id,
          count(*)::integer as answers,
          (count(*) filter (where p.is_gold and c.is_right))::integer as gold_right,
          (count(c.is_right) filter (where p.is_gold))::integer as gold,
          (count(*) filter (where not p.is_gold and c.is_right))::integer as result_right,
          (count(c.is_right) filter (where not p.is_gold))::integer as results
        from claim c join pool_item p on p.item_id = c.item_id
        where c.project_id = \(project) and c.state in ('counted', 'surplus')
        group by c.account_id
        order by answers desc, c.account_id
        limit \(limit) offset \(skip)
      ), latest as materialized (
        select l.* from person p cross join lateral (
          -- Not "=": the index of the project's answers would be read for each person.
          select c.* from claim c
          where c.account_id = p.account_id and c.answered_at is not null
            and c.project_id is not distinct from \(project) and c.state in ('counted', 'surplus')
          order by c.answered_at desc limit \(Agreement.Sample.most / limit)
        ) l
      ), latest_of_all as (
        select c.* from claim c
        where c.project_id = \(project) and c.answered_at is not null
          and c.state in ('counted', 'surplus')
        order by c.answered_at desc limit \(Agreement.Sample.most)
      ), usual as materialized (
        select percentile_cont(0.5) within group (order by t.seconds) as seconds
        from (\(timed("latest_of_all"))) t
      ), pace as (
        select t.account_id, percentile_cont(0.5) within group (order by t.seconds) as median,
          avg((t.seconds < u.seconds / 3)::integer)::double precision as too_fast
        from (\(timed("latest"))) t, usual u
        group by t.account_id
      )
      select p.account_id, coalesce(o.username, labeler_name(p.assignment_id), ''), p.answers,
        p.gold_right, p.gold, p.result_right, p.results, t.median, t.too_fast, b.barred_at, s.skill
      from person p
      left join account o on o.account_id = p.account_id
      left join pace t on t.account_id = p.account_id
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

  /// Returns the seconds of answers.
  ///
  /// An answer took the time since the person's answer before, or since the claim if that was later;
  /// items that were sent together share it. If the client sent fewer seconds, these count.
  private static func timed(_ answers: SQL) -> SQL {
    """
    select b.account_id, least(told.seconds::double precision, b.measured) as seconds
    from (
      select account_id, array_agg(seconds) as told, extract(epoch from answered_at - greatest(
          -- A person without a claim claims with the answer.
          nullif(min(claimed_at), answered_at),
          lag(answered_at) over (partition by account_id order by answered_at)
        ))::double precision / count(*) as measured
      from \(answers)
      group by account_id, answered_at
    ) b
    cross join unnest(b.told) as told (seconds)
    """
  }

  /// Returns how the answers of people differ from the results, for classes.
  ///
  /// Of each person the most frequent pairs are returned. Only the items of the sample are counted.
  static func confusion(
    in project: ID<Project>, of people: [ID<Account>], _ sample: Agreement.Sample, _ db: Connection
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
        -- Not the claim's project: its index would be read for each item.
        where l.project_id = \(project) and c.account_id = any (\(people.map(\.bytes))::uuid[])
          and c.state in ('counted', 'surplus')
          and \(isDrawn("c.item_id", sample))
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
