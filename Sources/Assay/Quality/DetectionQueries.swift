internal import Cryptography
internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the operator's detector, run as the worker.
enum DetectionQueries {
  /// Returns the pictures of these items that a model has not read yet.
  static func undetected(
    _ items: [ID<Item>], by identity: String, _ db: Connection
  ) throws(PostgresError) -> [Digest] {
    try db.all(
      """
      select distinct b.sha256
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[])
        and b.detector is distinct from \(identity)
        and b.fault is null and b.damaged_at is null and b.mime like 'image/%'
      """
    ) { row throws(PostgresError) in try row.next(Digest.self) }
  }

  /// Records a model's result for a picture, or the reason for a failure.
  static func record(
    _ sha256: Digest, of organization: ID<Organization>, by identity: String,
    probability: Double?, fault: String?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update blob
      set detector = \(identity), detected = \(probability), detector_fault = \(fault)
      where organization_id = \(organization) and sha256 = \(sha256)
      """)
  }

  /// Returns a model's results for these items and the sizes of their pictures.
  static func looks(
    _ items: [ID<Item>], by identity: String?, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>: Look] {
    let rows = try db.all(
      """
      select i.item_id, b.width, b.height,
        case when b.detector = \(identity) then b.detected end,
        case when b.detector = \(identity) then b.detector_fault end
      from item i
      join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
      where i.item_id = any (\(items.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in
      (
        try row.next(ID<Item>.self),
        try Look(width: row.next(), height: row.next(), probability: row.next(), fault: row.next())
      )
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// The size of a picture, and a model's result.
  struct Look {
    let width: Int?
    let height: Int?
    let probability: Double?
    let fault: String?

    /// The size; nil for a text.
    var size: (width: Int, height: Int)? {
      guard let width, let height else { return nil }
      return (width, height)
    }
  }
}
