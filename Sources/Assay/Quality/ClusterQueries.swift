internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement about clusters of duplicates.
enum ClusterQueries {
  /// Two items of a project with similar pictures.
  struct Pair {
    let one: ID<Item>
    let other: ID<Item>
    let score: Double
  }

  /// The condition that the item `i` was inspected, and is not excluded for another reason.
  private static func takesPart(_ i: SQL) -> SQL {
    """
    (\(i).state <> 'excluded' or \(i).excluded_because = 'duplicate')
      and exists (select from item_check c where c.item_id = \(i).item_id)
    """
  }

  /// Returns all pairs of a project with flagged resemblances; equal bytes are one item.
  static func pairs(in project: ID<Project>, _ db: Connection) throws(PostgresError) -> [Pair] {
    try db.all(
      """
      select a.item_id, z.item_id, r.score
      from item a
      join resemblance r on r.organization_id = a.organization_id and r.first = a.held_sha256
        and r.score >= \(DuplicateScore.flagged)::double precision
      join item z on z.project_id = a.project_id and z.sha256 = r.second
      where a.project_id = \(project) and \(takesPart("a")) and \(takesPart("z"))
      """
    ) { row throws(PostgresError) in
      try Pair(one: row.next(), other: row.next(), score: row.next())
    }
  }

  /// Returns the items of a project that were excluded as duplicates.
  static func excluded(from project: ID<Project>, _ db: Connection) throws(PostgresError)
    -> [ID<Item>]
  {
    try db.all(
      """
      select i.item_id from item i
      where i.project_id = \(project) and i.state = 'excluded' and \(takesPart("i"))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the data of these items.
  static func members(_ items: [ID<Item>], _ db: Connection) throws(PostgresError)
    -> [ID<Item>: Clusters.Member]
  {
    let members = try db.all(
      """
      select i.item_id, i.sha256, i.filename, b.mime, b.width, b.height, b.size_bytes,
        \(PreviewQueries.version), i.state = 'excluded', b.damaged_at is not null
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in
      try Clusters.Member(
        id: row.next(), sha256: row.next(), filename: row.next(), mime: row.next(),
        width: row.next(), height: row.next(), size: row.next(), previews: row.next(),
        isExcluded: row.next(), isDamaged: row.next())
    }
    return Dictionary(members.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Returns the evidence for each copy and its original.
  static func sameness(
    of copies: [ID<Item>], with originals: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: Quality.Sameness] {
    let rows = try db.all(
      """
      select copy.item_id, original.item_id, \(EvidenceQueries.samenessColumns)
      from unnest(\(copies.map(\.bytes))::uuid[], \(originals.map(\.bytes))::uuid[])
        as asked (copy, original)
      join item copy on copy.item_id = asked.copy
      join item original on original.item_id = asked.original
      cross join lateral (
        select s.*, s.first = copy.sha256 as is_first from resemblance s
        where s.organization_id = copy.organization_id
          and s.first = least(copy.sha256, original.sha256)
          and s.second = greatest(copy.sha256, original.sha256)
      ) r
      """
    ) { row throws(PostgresError) in
      (try row.next(ID<Item>.self), try EvidenceQueries.sameness(&row))
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// Excludes duplicates and stores their previous state.
  static func exclude(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update item set state_before = state, state = 'excluded', excluded_because = 'duplicate'
      where item_id = any (\(items.map(\.bytes))::uuid[]) and state <> 'excluded'
      """)
  }

  /// Restores the previous state of excluded duplicates.
  static func bringBack(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update item
      set state = coalesce(state_before, 'ready'), excluded_because = null, state_before = null
      where item_id = any (\(items.map(\.bytes))::uuid[]) and excluded_because = 'duplicate'
      """)
  }

  /// Returns the items of an organization whose bytes equal or resemble those of an item.
  ///
  /// The result is nil when there are none.
  static func items(alike item: ID<Item>, _ db: Connection) throws(PostgresError)
    -> (organization: ID<Organization>, items: [ID<Item>])?
  {
    try db.first(
      """
      select i.organization_id, array_agg(other.item_id)
      from item i
      cross join lateral (
        select i.sha256 union select a.sha256 from \(alike(to: "i")) a) a
      join item other on other.organization_id = i.organization_id
        and other.held_sha256 = a.sha256 and other.item_id <> i.item_id
      where i.item_id = \(item)
      group by i.item_id
      """
    ) { row throws(PostgresError) in
      (try row.next(), try row.next([UUIDBytes].self).map { ID($0) })
    }
  }

  /// Restores the excluded duplicates for which only these items are or were kept originals: items
  /// that are to be excluded, or have just been excluded by a report.
  static func bringBack(copiesOf items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    let items = items.map(\.bytes)
    try db.run(
      """
      update item copy
      set state = coalesce(copy.state_before, 'ready'), excluded_because = null,
        state_before = null
      from item i, \(alike(to: "i")) a
      where i.item_id = any (\(items)::uuid[])
        and (i.state <> 'excluded' or i.excluded_because = 'reported')
        and a.score >= \(DuplicateScore.flagged)::double precision
        and copy.project_id = i.project_id and copy.sha256 = a.sha256
        and copy.excluded_because = 'duplicate'
        and not exists (
          select from \(alike(to: "copy")) b
          join item kept on kept.project_id = copy.project_id and kept.sha256 = b.sha256
          where kept.state <> 'excluded' and kept.item_id <> all (\(items)::uuid[])
            and b.score >= \(DuplicateScore.flagged)::double precision)
      """)
  }

  /// The bytes that are similar to those of the item `i`, with their scores.
  private static func alike(to i: SQL) -> SQL {
    """
    lateral (
      select r.second as sha256, r.score from resemblance r
      where r.organization_id = \(i).organization_id and r.first = \(i).sha256
      union all
      select r.first, r.score from resemblance r
      where r.organization_id = \(i).organization_id and r.second = \(i).sha256)
    """
  }

  /// Recomputes the recorded duplicates of these items and of all similar ones.
  static func settle(
    _ items: [ID<Item>], in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with changed as (
        select distinct i.organization_id, i.sha256 from item i
        where i.item_id = any (\(items.map(\.bytes))::uuid[])
      ), touched as (
        select sha256 from changed
        union
        select r.second from changed c
        join resemblance r on r.organization_id = c.organization_id and r.first = c.sha256
        union
        select r.first from changed c
        join resemblance r on r.organization_id = c.organization_id and r.second = c.sha256
      )
      select settle_duplicates(
        \(organization), array(select sha256 from touched),
        \(DuplicateScore.flagged)::double precision)
      """)
  }
}
