internal import Glibc

/// Reads ZIP archives in a bounded child, one child an archive; no byte of theirs touches the disk.
///
/// Any number of threads may call at once, each with a child of its own.
package struct ArchiveReader: Sendable {
  /// The content of an archive, file by file in the order of its directory.
  package enum Event {
    /// A file's name, as `EntryName` makes them: neither a path nor unique, nor fit to be shown.
    case begin(name: String)
    /// Its next bytes, there for the time of the call.
    case data(UnsafeRawBufferPointer)
    /// The file came whole and its checksum is right.
    case end
    /// The bytes since `begin` are wrong and must be thrown away; comes instead of `end`.
    case broken(reason: String)
    /// A file that was not begun.
    case refused(name: String, reason: String)
    /// The rest of the archive is not read.
    case stopped(reason: String)
  }

  private let executable: String
  private let limits: ArchiveLimits

  /// Starts nothing yet; `executable` is assay-decode.
  package init(executable: String, limits: ArchiveLimits = .init()) {
    self.executable = executable
    self.limits = limits
  }

  /// Hands over every file of the archive, no faster than `handle` takes them.
  ///
  /// The descriptor stays its caller's; its offset neither matters nor moves.
  /// Throws `DecodeFailure`, or what `handle` throws, and then the file that was begun is broken.
  /// - Parameter names: the encoding of the names where the archive declares none.
  package func read(
    _ descriptor: Int32, names: NameEncoding? = nil, _ handle: (Event) throws -> Void
  ) throws {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw DecodeFailure.unavailable("The file is not open.")
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw DecodeFailure.refused("This is not a file.")
    }
    let child = try ArchiveChild(executable, limits, names: names)
    defer { child.end() }
    try child.hand(descriptor, ArchiveRequest(limits))
    var transcript = ArchiveTranscript(limits, archiveBytes: Int(facts.st_size))
    while !transcript.isOver, let event = try transcript.take(child.packet()) {
      try handle(event)
    }
  }
}
