internal import Glibc
internal import Vocabulary

/// The file `store.id` in a store: it contains the id that the database has for this store.
struct StoreMarker: Equatable {
  /// The id of the store.
  let id: ID<Store>

  private static let name = "store.id"

  /// Reads the marker of a store; nil when there is none, for example because the disk of the store
  /// is not mounted.
  init?(of store: Store) throws(StoreError) {
    let descriptor = open(Self.path(in: store), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw StoreError("cannot read store.id") }
      return nil
    }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    let text = String(decoding: buffer[..<count], as: UTF8.self).filter { !$0.isWhitespace }
    guard let id = ID<Store>(text) else { throw StoreError("store.id has no id", code: EINVAL) }
    self.id = id
  }

  private init(id: ID<Store>) { self.id = id }

  /// Returns the marker of a store, and makes one durably if there is none.
  ///
  /// When two processes make one at the same time, both get the one that was first.
  static func make(in store: Store) throws -> StoreMarker {
    if let marker = try StoreMarker(of: store) { return marker }
    try store.make("")
    try store.asOwner { try write(in: store) }
    guard let first = try StoreMarker(of: store) else {
      throw StoreError("store.id is gone", code: ENOENT)
    }
    return first
  }

  /// Makes a marker durably, unless another process has made one.
  private static func write(in store: Store) throws {
    let marker = StoreMarker(id: .new())
    let temporary = path(in: store) + ".\(marker.id)"
    defer { unlink(temporary) }
    try Store.write(Array("\(marker.id)\n".utf8), to: temporary)
    // It is no secret: every user of the store's folder may read it.
    guard chmod(temporary, 0o644) == 0 else { throw StoreError("chmod") }
    try Store.sync(file: temporary)
    guard link(temporary, path(in: store)) == 0 || errno == EEXIST else {
      throw StoreError("cannot make store.id")
    }
    try Store.sync(store.root)
  }

  /// The place of a store's marker on the disk; nil when there is no marker.
  ///
  /// It changes when another file system is mounted.
  static func place(in store: Store) -> Place? { Place(of: path(in: store)) }

  /// The identity of a file or a directory.
  struct Place: Equatable {
    let device: dev_t
    let inode: ino_t

    /// Looks a path up; nil when there is none.
    init?(of path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      (device, inode) = (status.st_dev, status.st_ino)
    }
  }

  private static func path(in store: Store) -> String { "\(store.root)/\(name)" }
}
