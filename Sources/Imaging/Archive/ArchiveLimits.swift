/// The limits for the content and cost of one archive.
package struct ArchiveLimits: Sendable, Equatable {
  /// Archives inside an archive are refused.
  package static let depth = 1
  /// Up to this number of bytes any ratio is allowed.
  static let anyRatioBytes = 10 << 20

  /// The maximum number of files; folders do not count.
  package var entries: Int
  /// The maximum unpacked size of all files in bytes.
  package var totalBytes: Int
  /// The maximum unpacked size of one file in bytes; below 4 GB.
  package var entryBytes: Int
  /// The maximum ratio of unpacked to packed size, of a file and of the archive.
  package var ratio: Int
  /// The maximum seconds of waiting for the unpacking child; the caller's own time does not count.
  package var wallSeconds: Int
  /// The maximum CPU seconds of the child.
  package var cpuSeconds: Int
  /// The maximum address space of the child, including its libraries.
  package var addressSpaceBytes: Int

  /// The default limits: ten thousand files of at most 20 MB each, 2 GB together.
  package init(
    entries: Int = 10_000, totalBytes: Int = 2 << 30, entryBytes: Int = 20 << 20,
    ratio: Int = 200, wallSeconds: Int = 300, cpuSeconds: Int = 120,
    addressSpaceBytes: Int = 512 << 20
  ) {
    self.entries = entries
    self.totalBytes = totalBytes
    self.entryBytes = min(entryBytes, 1 << 31)
    self.ratio = ratio
    self.wallSeconds = wallSeconds
    self.cpuSeconds = cpuSeconds
    self.addressSpaceBytes = addressSpaceBytes
  }

  /// The maximum unpacked size for a packed size.
  package func mostBytes(from packed: Int) -> Int {
    let (bytes, overflow) = packed.multipliedReportingOverflow(by: ratio)
    return overflow ? Int.max : max(Self.anyRatioBytes, bytes)
  }
}
