internal import Cryptography
internal import Glibc
internal import Imaging
internal import Storage

/// Stores the previews of many pictures together.
final class PreviewBatch {
  private let store: Store
  private let files: FileBatch
  private var staged: [Digest] = []
  /// The pictures whose previews are durable.
  private(set) var settled: Set<Digest> = []

  init(_ store: Store) {
    self.store = store
    files = FileBatch(store, keepsExisting: true)
  }

  /// Writes both previews of a picture.
  ///
  /// Stored previews stay: other organizations may use them. This takes as long as for a new
  /// picture, so that the time of an upload does not tell whether others have the same bytes.
  func add(_ previews: Previews, of sha256: Digest) throws {
    let folder = try store.makeFolder(of: sha256)
    for size in PreviewSize.allCases {
      try files.add(
        size.bytes(of: previews),
        as: store.path(of: sha256, PreviewVersion.suffix(PreviewVersion.current, size)), in: folder)
    }
    staged.append(sha256)
  }

  /// Gives all added previews their names and makes them durable.
  ///
  /// Processes of the previous release look for them by another name: they get a hard link of that
  /// name, unless a file has it already.
  func settle() throws {
    try files.settle()
    for sha256 in staged {
      for size in PreviewSize.allCases {
        let place = store.path(of: sha256, PreviewVersion.suffix(PreviewVersion.current, size))
        let former = store.path(of: sha256, PreviewVersion.formerSuffix(size))
        guard link(place, former) == 0 || errno == EEXIST else { throw StoreError("link") }
      }
    }
    settled.formUnion(staged)
    staged = []
  }
}
