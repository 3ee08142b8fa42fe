internal import Imaging

/// The readable and wanted files of an archive, read from its central directory.
///
/// libarchive can read directories too, but it reads them whole at any length, does not return the
/// places of files, which are needed to find overlaps, and gives up an archive at the first damaged
/// file. So it unpacks files one by one: see `EntryStream`.
struct CentralDirectory {
  private(set) var entries: [Entry] = []
  /// The reason why the archive is not read further after these entries.
  private(set) var fault: ArchiveFault?

  // Folders and links may outnumber the files, up to this factor.
  private static let recordsPerFile = 10

  init(
    _ end: DirectoryEnd, in file: FileWindow, limits: ArchiveLimits, names decoder: NameDecoder?
  ) {
    var place = end.directory.lowerBound
    var records = 0
    while place < end.directory.upperBound {
      guard let (entry, next) = Self.entry(at: place, in: file, by: decoder),
        next <= end.directory.upperBound
      else {
        fault = Self.isSignature(at: place, in: file) ? nil : .damaged
        break
      }
      records += 1
      guard entries.count + (entry.isWanted ? 1 : 0) <= limits.entries,
        records <= limits.entries * Self.recordsPerFile
      else {
        fault = .tooMany
        break
      }
      if entry.isWanted { entries.append(entry) }
      place = next
    }
    let differs = records != end.count && !(end.countWraps && records & 0xFFFF == end.count)
    if differs, fault == nil { fault = .damaged }
  }

  private static func entry(
    at place: Int, in file: FileWindow, by decoder: NameDecoder?
  ) -> (Entry, next: Int)? {
    guard let fixed = file.bytes(at: place, count: Entry.fixedLength), fixed.isMark(0, 1, 2)
    else { return nil }
    let (nameLength, extraLength) = (fixed.short(28), fixed.short(30))
    let start = place + Entry.fixedLength
    guard let name = file.bytes(at: start, count: nameLength),
      let extra = file.bytes(at: start + nameLength, count: extraLength)
    else { return nil }
    let next = start + nameLength + extraLength + fixed.short(32)
    return (Entry(fixed, name: name, extra: ExtraFields(extra), by: decoder), next)
  }

  /// Whether a digital signature, which may end the directory, is at this place.
  private static func isSignature(at place: Int, in file: FileWindow) -> Bool {
    file.bytes(at: place, count: 4)?.isMark(0, 5, 5) ?? false
  }
}
