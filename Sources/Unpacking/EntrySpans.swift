/// The places of the files in an archive, including local headers.
struct EntrySpans {
  /// The bytes of each entry from its local header to its end; nil when the place is invalid.
  let places: [(span: Range<Int>, data: Range<Int>)?]
  /// The entries that share bytes with another entry.
  ///
  /// A small archive can hold petabytes in this way (Fifield, "A better zip bomb", 2019).
  let overlapping: Set<Int>

  private static let headerLength = 30

  init(_ entries: [Entry], _ end: DirectoryEnd, in file: FileWindow) {
    places = entries.map { Self.place(of: $0, before: end.directory.lowerBound, end.base, file) }
    overlapping = Self.overlaps(places.map { $0?.span })
  }

  private static func place(of entry: Entry, before limit: Int, _ base: Int, _ file: FileWindow)
    -> (span: Range<Int>, data: Range<Int>)?
  {
    let (start, overflow) = base.addingReportingOverflow(entry.offset)
    guard !overflow, let header = file.bytes(at: start, count: headerLength),
      header.isMark(0, 3, 4)
    else { return nil }
    let data = start + headerLength + header.short(26) + header.short(28)
    guard data <= limit, entry.packedSize <= limit - data else { return nil }
    let end = data + entry.packedSize
    return (start..<end, data..<end)
  }

  private static func overlaps(_ spans: [Range<Int>?]) -> Set<Int> {
    let known = spans.enumerated().compactMap { index, span in span.map { (index, $0) } }
    var found: Set<Int> = []
    var furthest = (index: 0, end: Int.min)
    for (index, span) in known.sorted(by: { $0.1.lowerBound < $1.1.lowerBound }) {
      // If any earlier entry overlaps this one, the one with the furthest end does.
      if span.lowerBound < furthest.end { found.formUnion([index, furthest.index]) }
      if span.upperBound > furthest.end { furthest = (index, span.upperBound) }
    }
    return found
  }
}
