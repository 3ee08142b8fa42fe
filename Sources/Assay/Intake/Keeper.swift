internal import Cryptography
internal import Postgres
internal import Storage
internal import Vocabulary

/// The third stage: stores examined files, then records their blobs.
///
/// The result of decoding a picture is one value, which is kept with its bytes.
struct Keeper {
  private let store: Store

  init(_ store: Store) { self.store = store }

  /// Makes a picture's file durable under its digest.
  func keep(
    _ file: IncomingFile, _ picture: DecodedPicture, as sha256: Digest, named name: String
  ) throws -> StoredBytes {
    try store.keep(file, sha256: sha256)
    return StoredBytes(picture, sha256: sha256, size: file.size, named: name)
  }

  /// The blobs of a transaction that are new to the organization.
  struct Added {
    /// Their size in bytes.
    var bytes = 0
    /// Whether a worker must make previews of one of them.
    var lacksPreviews = false
  }

  /// Records blobs in a transaction.
  ///
  /// All transactions record in the same order, and digests must not repeat.
  func record(
    _ blobs: [StoredBytes], of organization: ID<Organization>, _ db: Connection
  ) throws -> Added {
    for blob in blobs { try store.confirm(blob.sha256) }
    var (added, rest) = (Added(), blobs)
    for _ in 0..<10 {
      // Removals wait for this transaction, so that these files stay.
      let arePreviewed = rest.map { $0.isPreviewed && store.hasPreviews(of: $0.sha256) }
      let versions = arePreviewed.map { $0 ? PreviewVersion.current : nil }
      let outcomes = try BlobQueries.insert(rest, previewed: versions, of: organization, db)
      var released: [StoredBytes] = []
      for (place, blob) in rest.enumerated() {
        switch outcomes[place] {
        case .new:
          added.bytes += blob.size
          if blob.picture != nil, !arePreviewed[place] { added.lacksPreviews = true }
        case .held: break
        case .released: released.append(blob)
        }
      }
      if released.isEmpty { return added }
      rest = released
    }
    throw PostgresError.conflict("the same files were deleted during the upload, again and again")
  }
}
