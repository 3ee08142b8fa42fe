internal import CLinux
internal import Glibc
internal import Logging
internal import Vocabulary

/// Gives new originals to the workers, so that the API can neither change nor remove them.
///
/// The API must write originals, and so it owns them at first. The kernel tells of each new name
/// in `blobs/`, and the file behind it is given away at once.
package struct Seal {
  private let root: String
  private let owners: StoreOwners

  /// Makes a seal for the store in `root`.
  package init(_ root: String, _ owners: StoreOwners) { (self.root, self.owners) = (root, owners) }

  /// Seals all originals that are not sealed; returns their number.
  @discardableResult
  package func sealAll() throws -> Int {
    var count = 0
    for folder in Store.folders {
      let directory = try open(folder)
      defer { close(directory) }
      for (name, status) in try Store.files(in: path(of: folder)) where !owners.hasSealed(status) {
        if try owners.seal(name, in: directory) { count += 1 }
      }
    }
    return count
  }

  private func path(of folder: Substring) -> String { "\(root)/blobs/\(folder)" }

  /// Opens a folder of originals; the caller closes it.
  ///
  /// The workers own the folders: with a symbolic link in place of one, the seal would give them
  /// files that are not the store's.
  private func open(_ folder: Substring) throws(StoreError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let store = Glibc.open(root, flags)
    defer { close(store) }
    let blobs = openat(store, "blobs", flags | O_NOFOLLOW)
    defer { close(blobs) }
    let directory = openat(blobs, String(folder), flags | O_NOFOLLOW)
    guard directory >= 0 else { throw StoreError(path(of: folder)) }
    return directory
  }

  private func seal(_ entry: NameWatch.Entry) throws(StoreError) {
    let directory = try open(entry.folder)
    defer { close(directory) }
    _ = try owners.seal(entry.name, in: directory)
  }

  /// Seals all originals, and then each new one, until another disk is mounted.
  ///
  /// The kernel would go on to tell of names on the old disk.
  package func run() throws {
    let place = StoreMarker.Place(of: "\(root)/blobs")
    let watch = try NameWatch(Store.folders.map { ($0, path(of: $0)) })
    while true {
      // The names before the watch, and those that the kernel could not report.
      let count = try sealAll()
      Logger.assay.info("originals sealed", metadata: ["files": "\(count)"])
      while let entries = try watch.next() {
        for entry in entries { try seal(entry) }
        guard StoreMarker.Place(of: "\(root)/blobs") == place else {
          return Logger.assay.info("the store was exchanged")
        }
      }
    }
  }
}

/// Reports new names in directories, by inotify(7).
private struct NameWatch: ~Copyable {
  private let descriptor: Int32
  private var folders: [Int32: Substring] = [:]

  /// A new name in a folder.
  struct Entry {
    let folder: Substring
    let name: String
  }

  init(_ places: [(folder: Substring, path: String)]) throws(StoreError) {
    descriptor = inotify_init1(Int32(O_CLOEXEC))
    guard descriptor >= 0 else { throw StoreError("inotify_init1") }
    for (folder, path) in places {
      let number = inotify_add_watch(
        descriptor, path, UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ONLYDIR))
      guard number >= 0 else { throw StoreError(path) }
      folders[number] = folder
    }
  }

  deinit { close(descriptor) }

  /// Waits some seconds for new names and returns them; nil when names may have been missed.
  func next() throws(StoreError) -> [Entry]? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Self.patience) != 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else {
      guard errno == EINTR else { throw StoreError("inotify") }
      return []
    }
    var entries: [Entry] = []
    var at = 0
    while at + Self.header <= count {
      let event = buffer.withUnsafeBytes { bytes in
        bytes.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
      }
      guard event.mask & UInt32(IN_Q_OVERFLOW) == 0 else { return nil }
      let name = buffer[(at + Self.header)...].prefix(Int(event.len)).prefix { $0 != 0 }
      // A name that is no text is none of ours; repaired, it could be too long for a path.
      if let folder = folders[event.wd], !name.isEmpty,
        let text = String(validating: name, as: UTF8.self)
      {
        entries.append(Entry(folder: folder, name: text))
      }
      at += Self.header + Int(event.len)
    }
    return entries
  }

  /// The longest wait, in milliseconds.
  private static let patience: Int32 = 5000

  /// The size of an event without its name.
  private static let header = 16
}
