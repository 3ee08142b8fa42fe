internal import Glibc

/// Reads ZIP archives, each in a confined child process, without writing to the disk.
///
/// Any number of threads may call it at the same time; each call has its own child.
package struct ArchiveReader: Sendable {
  /// The content of an archive, file by file in the order of its directory.
  package enum Event {
    /// A file's name, made by `EntryName`: not a path, not unique, and not safe to display.
    case begin(name: String)
    /// Its next bytes, valid during the call.
    case data(UnsafeRawBufferPointer)
    /// The file is complete and its checksum is correct.
    case end
    /// The bytes since `begin` are wrong and must be discarded; replaces `end`.
    case broken(reason: String)
    /// A refused file, without `begin`.
    case refused(name: String, reason: String)
    /// The rest of the archive is not read.
    case stopped(reason: String)
  }

  private let executable: String
  private let limits: ArchiveLimits

  /// Starts no process yet; `executable` is assay-decode.
  package init(executable: String, limits: ArchiveLimits = .init()) {
    self.executable = executable
    self.limits = limits
  }

  /// Passes every file of the archive to `handle`, and waits for it.
  ///
  /// The descriptor belongs to the caller; its offset is not used or changed.
  /// Throws `DecodeFailure` or errors of `handle`; then the current file is incomplete.
  /// - Parameter names: the encoding of names for which the archive declares none.
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
