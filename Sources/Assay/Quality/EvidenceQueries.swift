internal import Cryptography
internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the evidence of quality control.
enum EvidenceQueries {
  /// The maximum number of copies in an answer; a picture may have thousands.
  private static let mostCopies = 100

  /// Returns the result of an item, or nil when it was not inspected or is deleted.
  static func finding(
    of item: ID<Item>, in project: ID<Project>, _ db: Connection
  ) throws(PostgresError) -> Quality.Finding? {
    try db.first(
      """
      select \(QualityQueries.columns), c.checked_at, (c.evidence - 'duplicate')::text
      from \(QualityQueries.present) and c.project_id = \(project) and c.item_id = \(item)
      """
    ) { row throws(PostgresError) in
      try Quality.Finding(
        row: QualityQueries.row(&row), checkedAt: row.next(), reasons: row.next())
    }
  }

  /// Returns the copies of an item in its organization, the most probable first.
  static func copies(
    of item: ID<Item>, in organization: ID<Organization>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> [Quality.Copy] {
    try db.all(
      """
      select other.item_id, \(samenessColumns), other.project_id, other.filename, other.sha256,
        b.mime, \(PreviewQueries.version), other.state = 'excluded'
      from item i
      cross join lateral (
        select i.sha256, 1::double precision as score, 0 as distance, 1::real as correlation,
          1::real as detail, 0::real as residual, 1 as orientation, true as is_first,
          '{0,0,1,1}'::real[] as first_part, '{0,0,1,1}'::real[] as second_part
        union all
        select s.second, s.score, s.distance, s.correlation, s.detail, s.residual, s.orientation,
          true, s.first_part, s.second_part
        from resemblance s
        where s.organization_id = i.organization_id and s.first = i.held_sha256
        union all
        select s.first, s.score, s.distance, s.correlation, s.detail, s.residual, s.orientation,
          false, s.first_part, s.second_part
        from resemblance s
        where s.organization_id = i.organization_id and s.second = i.held_sha256
      ) r
      join item other on other.organization_id = i.organization_id
        and other.held_sha256 = r.sha256 and other.item_id <> i.item_id
      join blob b on b.organization_id = other.organization_id and b.sha256 = other.sha256
      where i.item_id = \(item) and i.organization_id = \(organization)
        and exists (select from item_check o where o.item_id = other.item_id)
      order by r.score desc, other.project_id = i.project_id desc, other.item_id
      limit \(mostCopies)
      """
    ) { row throws(PostgresError) in
      let sameness = try sameness(&row)
      let (project, filename) = (try row.next(ID<Project>.self), try row.next(String.self))
      let (sha256, mime) = (try row.next(Digest.self), try row.next(String.self))
      return try Quality.Copy(
        sameness: sameness, project: project, filename: filename,
        previewURL: links.preview(sha256, version: row.next(), mime: mime), isExcluded: row.next())
    }
  }

  /// The columns of the evidence for a pair `r`, after the id of the other item.
  ///
  /// `is_first` tells whether this item is the first of the pair.
  static let samenessColumns: SQL = """
    r.score, r.distance, r.correlation::double precision, r.detail::double precision,
    r.residual::double precision, r.orientation, r.is_first, r.first_part::double precision[],
    r.second_part::double precision[]
    """

  /// Reads the id of the other item and `samenessColumns`.
  static func sameness(_ row: inout Row) throws(PostgresError) -> Quality.Sameness {
    let (other, score) = (try row.next(ID<Item>.self), try row.next(Double.self))
    let (distance, correlation) = (try row.next(Int.self), try row.next(Double.self))
    let (detail, residual) = (try row.next(Double.self), try row.next(Double?.self))
    let (orientation, isFirst) = (try row.next(Int.self), try row.next(Bool.self))
    let overlap = try Overlap(
      orientation: orientation, part: row.next(), otherPart: row.next())
    let seen = isFirst ? overlap : overlap.exchanged
    return Quality.Sameness(
      image: other, score: score.measured, distance: distance, correlation: correlation.measured,
      detail: detail.measured, residual: residual?.measured, orientation: seen.orientation,
      part: seen.part.map(\.measured), otherPart: seen.otherPart.map(\.measured))
  }
}
