internal import Cryptography
internal import Imaging
internal import Matching
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the fingerprints of pictures.
enum LikenessQueries {
  /// A picture that takes part in comparisons.
  struct Known {
    let number: Int
    let sha256: Digest
    let whole: Fingerprint
    let windows: [UInt8]
  }

  /// Returns the pictures of these items that were not compared yet, by digest.
  static func fresh(
    _ items: [ID<Item>], _ db: Connection
  ) throws(PostgresError) -> [(sha256: Digest, likeness: Likeness)] {
    let rows = try db.all(
      """
      select l.sha256, l.whole, l.windows, l.luma
      from likeness l
      where l.number is null and (l.organization_id, l.sha256) in (
        select i.organization_id, i.sha256 from item i
        where i.item_id = any (\(items.map(\.bytes))::uuid[]))
      order by l.sha256
      """
    ) { row throws(PostgresError) in
      let sha256 = try row.next(Digest.self)
      let whole = try row.next([UInt8].self)
      let (windows, luma) = (try row.next([UInt8].self), try row.next([UInt8].self))
      return Fingerprint(bytes: whole).flatMap {
        Likeness(whole: $0, windows: windows, luma: luma)
      }.map { (sha256, $0) }
    }
    return rows.compactMap(\.self)
  }

  /// Passes pictures after a number to `body`, one by one, without banded ones.
  static func each(
    of organization: ID<Organization>, after number: Int, through last: Int? = nil,
    _ db: Connection, _ body: (Known) throws -> Void
  ) throws {
    try db.each(
      """
      select number, sha256, whole, windows
      from likeness
      where organization_id = \(organization) and number > \(number) and not is_banded
        and (\(last)::bigint is null or number <= \(last))
      order by number
      """
    ) { row in
      let (number, sha256) = (try row.next(Int.self), try row.next(Digest.self))
      let (whole, windows) = (try row.next([UInt8].self), try row.next([UInt8].self))
      guard let fingerprint = Fingerprint(bytes: whole) else { return }
      try body(Known(number: number, sha256: sha256, whole: fingerprint, windows: windows))
    }
  }

  /// Returns the small grey pictures of these digests.
  static func luma(
    of digests: [Digest], in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> [Digest: [UInt8]] {
    let rows = try db.all(
      """
      select sha256, luma from likeness
      where organization_id = \(organization) and sha256 = any (\(digests)::bytea[])
      """
    ) { row throws(PostgresError) in (try row.next(Digest.self), try row.next([UInt8].self)) }
    return Dictionary(rows) { first, _ in first }
  }

  /// Records a pair.
  static func insert(
    _ pair: Resemblance, in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    let alignment = pair.alignment
    try db.run(
      """
      insert into resemblance (
        organization_id, first, second, score, distance, correlation, detail, residual,
        orientation, first_part, second_part)
      values (
        \(organization), \(pair.first), \(pair.second), \(pair.score), \(pair.distance),
        \(Double(alignment.correlation)), \(Double(alignment.detail)),
        \(Double(alignment.residual)), \(alignment.orientation),
        \(alignment.first.numbers)::real[], \(alignment.second.numbers)::real[])
      on conflict do nothing
      """)
  }

  /// Whether any picture of the organization has bands.
  static func hasBanded(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from likeness_band where organization_id = \(organization))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns the banded pictures that share one of the bands.
  static func sharing(
    _ bands: [Int], in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> [(sha256: Digest, whole: Fingerprint)] {
    let rows = try db.all(
      """
      select sha256, whole
      from likeness
      where organization_id = \(organization) and number in (
        select b.number from likeness_band b
        where b.organization_id = \(organization) and b.band = any (\(bands)::integer[]))
      order by number
      """
    ) { row throws(PostgresError) in
      let sha256 = try row.next(Digest.self)
      return Fingerprint(bytes: try row.next([UInt8].self)).map { (sha256, $0) }
    }
    return rows.compactMap(\.self)
  }

  /// Includes a picture in comparisons: in memory, or by its bands.
  static func number(
    _ sha256: Digest, bands: [Int]?, in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with numbered as (
        update likeness
        set number = nextval('likeness_number'), is_banded = \(bands)::integer[] is not null
        where organization_id = \(organization) and sha256 = \(sha256) and number is null
        returning number
      )
      insert into likeness_band (organization_id, band, number)
      select \(organization), band, number
      from numbered, unnest(\(bands)::integer[]) band
      """)
  }
}

extension Part {
  fileprivate var numbers: [Double] { [x, y, width, height].map { Double($0) } }
}
