/// The limits of one archive's content and cost.
package struct ArchiveLimits: Sendable, Equatable {
  /// An archive inside an archive is refused: one level is all there is.
  package static let depth = 1
  /// So many bytes unpack at any ratio.
  package static let anyRatioBytes = 10 << 20

  /// The most files; folders do not count.
  package var entries: Int
  /// The most bytes of all files, unpacked.
  package var totalBytes: Int
  /// The most bytes of one file, unpacked; below 4 GB.
  package var entryBytes: Int
  /// The most times its packed size that a file, or the archive, may unpack to.
  package var ratio: Int
  /// The most seconds spent waiting for the unpacking child; the caller's own time is free.
  package var wallSeconds: Int
  /// The most CPU seconds of the child.
  package var cpuSeconds: Int
  /// All memory the child may map, its own libraries included.
  package var addressSpaceBytes: Int

  /// Ten thousand files of 20 MB each at the most, 2 GB together.
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

  /// The most bytes that so many packed bytes may unpack to.
  package func mostBytes(from packed: Int) -> Int {
    let (bytes, overflow) = packed.multipliedReportingOverflow(by: ratio)
    return overflow ? Int.max : max(Self.anyRatioBytes, bytes)
  }
}
