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
      let path = "\(root)/blobs/\(folder)"
      for (name, status) in try Store.files(in: path) where !owners.hasSealed(status) {
        if try owners.seal("\(path)/\(name)") { count += 1 }
      }
    }
    return count
  }

  /// Seals all originals, and then each new one, until the process ends.
  package func run() throws {
    let watch = try NameWatch(Store.folders.map { "\(root)/blobs/\($0)" })
    while true {
      // The names before the watch, and those that the kernel could not report.
      let count = try sealAll()
      Logger.assay.info("originals sealed", metadata: ["files": "\(count)"])
      while let paths = try watch.next() {
        for path in paths { _ = try owners.seal(path) }
      }
    }
  }
}

/// Reports new names in directories, by inotify(7).
private struct NameWatch: ~Copyable {
  private let descriptor: Int32
  private var directories: [Int32: String] = [:]

  init(_ paths: [String]) throws(StoreError) {
    descriptor = inotify_init1(Int32(O_CLOEXEC))
    guard descriptor >= 0 else { throw StoreError("inotify_init1") }
    for path in paths {
      let number = inotify_add_watch(
        descriptor, path, UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ONLYDIR))
      guard number >= 0 else { throw StoreError(path) }
      directories[number] = path
    }
  }

  deinit { close(descriptor) }

  /// Waits for new names and returns their paths; nil when names may have been missed.
  func next() throws(StoreError) -> [String]? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else {
      guard errno == EINTR else { throw StoreError("inotify") }
      return []
    }
    var paths: [String] = []
    var at = 0
    while at + Self.header <= count {
      let event = buffer.withUnsafeBytes { bytes in
        bytes.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
      }
      guard event.mask & UInt32(IN_Q_OVERFLOW) == 0 else { return nil }
      let name = buffer[(at + Self.header)...].prefix(Int(event.len)).prefix { $0 != 0 }
      // A name that is no text is none of ours; repaired, it could be too long for a path.
      if let directory = directories[event.wd], !name.isEmpty,
        let text = String(validating: name, as: UTF8.self)
      {
        paths.append("\(directory)/\(text)")
      }
      at += Self.header + Int(event.len)
    }
    return paths
  }

  /// The size of an event without its name.
  private static let header = 16
}
