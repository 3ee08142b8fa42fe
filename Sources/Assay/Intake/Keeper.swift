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

  /// Whether previews of a picture are still to be made.
  func lacksPreviews(_ blob: StoredBytes) -> Bool {
    blob.picture != nil && !store.hasPreviews(of: blob.sha256)
  }

  /// Records blobs in a transaction; returns the number of bytes that are new to the organization.
  ///
  /// All transactions record in the same order, and digests must not repeat.
  func record(
    _ blobs: [StoredBytes], of organization: ID<Organization>, _ db: Connection
  ) throws -> Int {
    for blob in blobs { try store.confirm(blob.sha256) }
    var (bytes, rest) = (0, blobs)
    for _ in 0..<10 {
      let versions = rest.map {
        $0.picture == nil || lacksPreviews($0) ? nil : PreviewVersion.current
      }
      let outcomes = zip(
        rest, try BlobQueries.insert(rest, previewed: versions, of: organization, db))
      rest = []
      for (blob, outcome) in outcomes {
        switch outcome {
        case .new: bytes += blob.size
        case .held: break
        case .released: rest.append(blob)
        }
      }
      if rest.isEmpty { return bytes }
    }
    throw PostgresError.conflict("the same files were deleted during the upload, again and again")
  }
}
