package import Cryptography
package import Glibc

/// A file that was found in the store's directories.
package struct StoredFile {
  /// The digest that the name holds.
  package let sha256: Digest
  /// The size in bytes.
  package let size: Int
  /// Seconds since the file was written or renamed.
  package let age: Int
}

extension Store {
  /// Calls `visit` with every stored blob, directory by directory.
  package func eachBlob(_ visit: (StoredFile) throws -> Void) throws {
    for byte in UInt8.min...UInt8.max {
      let prefix = Hex.encode([byte])
      for (name, status) in try Self.files(in: "\(root)/blobs/\(prefix)") {
        guard let sha256 = Digest(hex: prefix + name) else { continue }
        try visit(StoredFile(sha256: sha256, size: Int(status.st_size), age: Self.age(status)))
      }
    }
  }

  /// Whether no blob is stored.
  func isEmpty() throws -> Bool {
    try (UInt8.min...UInt8.max).allSatisfy { byte in
      let directory = "\(root)/blobs/\(Hex.encode([byte]))"
      return try access(directory, F_OK) != 0 || Self.files(in: directory).isEmpty
    }
  }

  /// Returns the size of a stored blob, or nil when its file is missing.
  package func size(of sha256: Digest) -> Int? {
    var status = stat()
    return stat(path(of: sha256), &status) == 0 ? Int(status.st_size) : nil
  }

  /// Removes files of uploads that were not changed for this number of seconds.
  package func sweepLeftovers(olderThan seconds: Int, at now: Int = time(nil)) throws -> Int {
    var removed = 0
    for directory in ["\(root)/tmp", "\(root)/incoming", "\(root)/arriving"] {
      // nginx may have created this directory for itself only.
      guard access(directory, R_OK | W_OK) == 0 else { continue }
      for (name, status) in try Self.files(in: directory) where Self.age(status, at: now) > seconds
      {
        if unlink("\(directory)/\(name)") == 0 { removed += 1 }
      }
    }
    return removed
  }

  /// Removes files that arrived at upload addresses after these were closed.
  package func sweepLateArrivals() throws -> Int {
    try Self.files(in: "\(root)/incoming").filter { name, _ in
      !name.hasSuffix(".closed") && isClosed("/incoming/\(name)")
        && unlink("\(root)/incoming/\(name)") == 0
    }.count
  }

  /// Returns files of interrupted uploads, at least this old, that have no final name.
  package func leftovers(olderThan seconds: Int) throws -> [(path: String, size: Int)] {
    try Self.files(in: "\(root)/tmp").filter { Self.age($0.status) >= seconds }
      .map { ("\(root)/tmp/\($0.name)", Int($0.status.st_size)) }
  }

  /// Removes the files that were doomed at least this many seconds ago; returns their number.
  package func removeDoomed(olderThan seconds: Int, at now: Int = time(nil)) throws -> Int {
    var removed = 0
    for (name, status) in try Self.files(in: "\(root)/doomed") {
      guard Self.age(status, at: now) >= seconds else { continue }
      if unlink("\(root)/doomed/\(name)") == 0 { removed += 1 }
    }
    return removed
  }

  /// Returns the regular files of a directory.
  package static func files(in directory: String) throws -> [(name: String, status: stat)] {
    guard let stream = opendir(directory) else { throw StoreError(directory) }
    defer { closedir(stream) }
    var files: [(name: String, status: stat)] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard lstat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { continue }
      files.append((name, status))
    }
    return files
  }

  /// Returns the seconds since a file was written, renamed or linked.
  ///
  /// The modification time is not used, because nginx sets it from a client's header `Date`.
  package static func age(_ status: stat, at now: Int = time(nil)) -> Int {
    now - status.st_ctim.tv_sec
  }
}
