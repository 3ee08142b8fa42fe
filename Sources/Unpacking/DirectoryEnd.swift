internal import Imaging

/// The place of the central directory, from the record at the end of the archive (APPNOTE 4.3.16).
struct DirectoryEnd {
  /// The range of the directory's bytes.
  let directory: Range<Int>
  /// Number of bytes before the archive, such as a self-extractor or a picture; offsets begin
  /// there.
  let base: Int
  /// The declared number of files.
  let count: Int
  /// Whether only the low 16 bits of the count are known.
  let countWraps: Bool

  private static let length = 22
  // A comment has at most 64 KB; the rest allows for bytes appended to an archive.
  private static let tail = 1 << 20
  // Each try needs a seek in the file.
  private static let mostTries = 1000

  static func find(in file: FileWindow) throws(NoArchive) -> DirectoryEnd {
    let start = max(0, file.size - tail)
    guard let tail = file.bytes(at: start, count: file.size - start) else {
      throw NoArchive(.foreign)
    }
    var tries = 0
    for place in stride(from: tail.count - length, through: 0, by: -1)
    where tail.isMark(place, 5, 6) {
      tries += 1
      if tries > mostTries { break }
      let record = Array(tail[place..<place + length])
      let isLast = place + length + record.short(20) == tail.count
      if let end = try read(record, at: start + place, isLast: isLast, in: file) { return end }
    }
    let begins = file.bytes(at: 0, count: 4)?.isMark(0, 3, 4) ?? false
    throw NoArchive(begins ? .cutShort : .foreign)
  }

  /// Reads the record; nil when it does not match the bytes before it.
  private static func read(_ record: [UInt8], at start: Int, isLast: Bool, in file: FileWindow)
    throws(NoArchive) -> DirectoryEnd?
  {
    if let large = Zip64End.find(before: start, in: file) {
      let end = at(large.start, large.size, large.offset, large.count, wraps: false, file)
      if let end { return end }
    }
    // Four bytes can match by chance within other data, so check the numbers as well.
    let (count, size) = (record.short(10), record.long(12))
    guard size > 0 || (count == 0 && isLast) else { return nil }
    let disks = record.short(4) | record.short(6)
    if isLast, disks != 0, disks != 0xFFFF { throw NoArchive(.split) }
    return at(start, size, record.long(16), count, wraps: true, file)
  }

  private static func at(
    _ end: Int, _ size: Int, _ offset: Int, _ count: Int, wraps: Bool, _ file: FileWindow
  ) -> DirectoryEnd? {
    guard size <= end, offset <= end - size else { return nil }
    // Try directly before the end, then at the declared offset with bytes between the two.
    for start in [end - size, offset] where size == 0 || begins(at: start, file) {
      return DirectoryEnd(
        directory: start..<start + size, base: start - offset, count: count, countWraps: wraps)
    }
    return nil
  }

  private static func begins(at start: Int, _ file: FileWindow) -> Bool {
    file.bytes(at: start, count: 4)?.isMark(0, 1, 2) ?? false
  }
}

/// The file is not an archive that can be read.
struct NoArchive: Error {
  let refusal: ArchiveRefusal
  init(_ refusal: ArchiveRefusal) { self.refusal = refusal }
}

/// The record of archives with numbers over 32 bits (APPNOTE 4.3.14).
private struct Zip64End {
  let start: Int
  let count: Int
  let size: Int
  let offset: Int

  /// Finds the record through its locator, which is directly before the usual record.
  static func find(before end: Int, in file: FileWindow) -> Zip64End? {
    guard let locator = file.bytes(at: end - 20, count: 20), locator.isMark(0, 6, 7) else {
      return nil
    }
    // With bytes before the archive the record is not at its declared offset.
    for start in [locator.quad(8), end - 20 - 56] {
      guard let record = file.bytes(at: start, count: 56), record.isMark(0, 6, 6) else { continue }
      return Zip64End(
        start: start, count: record.quad(32), size: record.quad(40), offset: record.quad(48))
    }
    return nil
  }
}
