import Imaging
import Testing

/// All tests that start children, one after the other, because some tests count processes.
@Suite(.serialized) enum UnpackingTests {
  /// A reader with a timeout of ten seconds, after which a test fails.
  static let reader = ArchiveReader(
    executable: unpacker, limits: ArchiveLimits(wallSeconds: 10, cpuSeconds: 10))
}

let damaged = "The file is damaged in the archive."
let nested = "Archives inside an archive are not unpacked."
let overlapping = "The file shares its bytes with another file of the archive."
let incomplete = "The archive does not contain this file."
let missing = "The archive's directory is damaged: files may be missing."
let special = "This is a link or a device, not a file."
