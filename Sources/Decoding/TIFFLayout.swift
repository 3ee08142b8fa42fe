/// The number format of a TIFF file: either byte order, 32-bit or 64-bit offsets.
struct TIFFLayout {
  private static let orientationTag: UInt16 = 274
  private static let positionTag: UInt16 = 34853
  private static let extraSamplesTag: UInt16 = 338
  private static let tags: Set<UInt16> = [
    256, 257, 258, orientationTag, 277, 278, 322, 323, extraSamplesTag, positionTag,
  ]
  private static let mostEntries = 65_535

  private let isLittleEndian: Bool
  private let isBig: Bool

  init?(_ bytes: RawSpan) {
    switch bytes.big(UInt32.self, at: 0) {
    case 0x4949_2a00: (isLittleEndian, isBig) = (true, false)
    case 0x4d4d_002a: (isLittleEndian, isBig) = (false, false)
    case 0x4949_2b00: (isLittleEndian, isBig) = (true, true)
    case 0x4d4d_002b: (isLittleEndian, isBig) = (false, true)
    default: return nil
    }
  }

  /// The orientation in the first directory, 1 to 8; nil when it has none.
  static func orientation(_ bytes: RawSpan) -> Int? {
    let said = TIFFLayout(bytes)?.first(orientationTag, in: bytes)
    return said.flatMap { (1...8).contains($0) ? Int($0) : nil }
  }

  /// Whether the first directory declares that the sample after the colours is not alpha.
  static func isOpaque(_ bytes: RawSpan) -> Bool {
    TIFFLayout(bytes)?.first(extraSamplesTag, in: bytes) == 0
  }

  /// Whether the first directory refers to one with latitude and longitude (EXIF 4.6.6); cameras
  /// write an empty one when they do not know the position.
  static func hasPosition(_ bytes: RawSpan) -> Bool {
    guard let layout = TIFFLayout(bytes), let place = layout.first(positionTag, in: bytes),
      let start = Int(exactly: place), let count = layout.entryCount(bytes, at: start)
    else { return false }
    return [2, 4].allSatisfy { tag in
      (0..<count).contains { layout.isAngle(bytes, tag, $0, at: start) }
    }
  }

  /// The value of a tag in the first directory.
  private func first(_ tag: UInt16, in bytes: RawSpan) -> UInt64? {
    guard let start = directory(bytes, at: firstField), start > 0,
      let count = entryCount(bytes, at: start)
    else { return nil }
    for index in 0..<count {
      if let entry = entry(bytes, index, at: start), entry.tag == tag { return entry.value }
    }
    return nil
  }

  /// Whether an entry has this tag and fractions, the first with a denominator other than 0.
  private func isAngle(_ bytes: RawSpan, _ tag: UInt16, _ index: Int, at start: Int) -> Bool {
    let entry = start + countSize + index * entrySize
    guard number(UInt16.self, bytes, at: entry) == tag,
      number(UInt16.self, bytes, at: entry + 2) == 5,
      let fraction = place(bytes, at: entry + (isBig ? 12 : 8)),
      let below = number(UInt32.self, bytes, at: fraction + 4)
    else { return false }
    return below != 0
  }

  /// Returns a field of bytes from the first directory; nil when it does not exist or is
  /// longer than `most`.
  static func bytes(of tag: UInt16, in bytes: RawSpan, most: Int) -> [UInt8]? {
    guard let layout = TIFFLayout(bytes),
      let start = layout.directory(bytes, at: layout.firstField),
      start > 0, let count = layout.entryCount(bytes, at: start)
    else { return nil }
    for index in 0..<count {
      let entry = start + layout.countSize + index * layout.entrySize
      guard layout.number(UInt16.self, bytes, at: entry) == tag else { continue }
      guard let type = layout.number(UInt16.self, bytes, at: entry + 2), [1, 7].contains(type),
        let length = layout.wide(bytes, at: entry + 4), length <= UInt64(most),
        let place = layout.place(bytes, at: entry + (layout.isBig ? 12 : 8))
      else { return nil }
      return bytes.array(place..<place + Int(length))
    }
    return nil
  }

  private var countSize: Int { isBig ? 8 : 2 }
  private var entrySize: Int { isBig ? 20 : 12 }

  /// The offset of the field with the offset of the first directory.
  var firstField: Int { isBig ? 8 : 4 }

  /// The offset of a directory in a field, 0 for none; nil when no directory can be there.
  func directory(_ bytes: RawSpan, at field: Int) -> Int? {
    place(bytes, at: field).flatMap { $0 == 0 || $0 >= 2 * firstField ? $0 : nil }
  }

  /// Returns the number of a directory's entries; nil when it is not plausible.
  func entryCount(_ bytes: RawSpan, at start: Int) -> Int? {
    let count =
      isBig
      ? number(UInt64.self, bytes, at: start).flatMap { Int(exactly: $0) }
      : number(UInt16.self, bytes, at: start).map { Int($0) }
    return count.flatMap { (1...Self.mostEntries).contains($0) ? $0 : nil }
  }

  /// The offset of the field with the offset of the next directory.
  func nextField(after count: Int, at start: Int) -> Int { start + countSize + count * entrySize }

  /// Writes the offset of a directory, unless the field is outside the file.
  func put(_ place: Int, at field: Int, in bytes: UnsafeMutableRawBufferPointer) {
    let width = isBig ? 8 : 4
    guard field >= 0, field + width <= bytes.count else { return }
    for index in 0..<width {
      let shift = 8 * (isLittleEndian ? index : width - 1 - index)
      bytes[field + index] = UInt8(truncatingIfNeeded: place >> shift)
    }
  }

  /// An entry's tag and its first value; nil unless it is used here.
  func entry(_ bytes: RawSpan, _ index: Int, at start: Int) -> (tag: UInt16, value: UInt64)? {
    let entry = start + countSize + index * entrySize
    guard let tag = number(UInt16.self, bytes, at: entry), Self.tags.contains(tag),
      let type = number(UInt16.self, bytes, at: entry + 2),
      let size = [1: 1, 3: 2, 4: 4, 13: 4, 16: 8][type],
      let value = value(bytes, entry, size)
    else { return nil }
    return (tag, value)
  }

  /// The first value is in the entry when all values fit there, otherwise at the entry's offset.
  private func value(_ bytes: RawSpan, _ entry: Int, _ size: Int) -> UInt64? {
    let room = isBig ? 8 : 4
    guard let count = wide(bytes, at: entry + 4) else { return nil }
    let field = entry + 4 + room
    let start = count <= UInt64(room / size) ? field : place(bytes, at: field)
    guard let start else { return nil }
    switch size {
    case 1: return number(UInt8.self, bytes, at: start).map { UInt64($0) }
    case 2: return number(UInt16.self, bytes, at: start).map { UInt64($0) }
    case 4: return number(UInt32.self, bytes, at: start).map { UInt64($0) }
    default: return number(UInt64.self, bytes, at: start)
    }
  }

  /// An offset in the file; nil when it is outside the file.
  private func place(_ bytes: RawSpan, at field: Int) -> Int? {
    wide(bytes, at: field).flatMap { $0 < UInt64(bytes.byteCount) ? Int($0) : nil }
  }

  /// A number with the width of offsets.
  private func wide(_ bytes: RawSpan, at place: Int) -> UInt64? {
    isBig
      ? number(UInt64.self, bytes, at: place)
      : number(UInt32.self, bytes, at: place).map { UInt64($0) }
  }

  private func number<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type, _ bytes: RawSpan, at place: Int
  ) -> Value? {
    isLittleEndian ? bytes.little(at: place) : bytes.big(at: place)
  }
}
