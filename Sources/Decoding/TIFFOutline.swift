internal import Imaging

/// Checks a TIFF file's directories, classic and big: libtiff reserves memory for the declared
/// strips and tiles, and follows the chain without a limit.
enum TIFFOutline {
  private static let mostParts: UInt64 = 1_000_000
  /// The maximum bytes per pixel: four channels of 32 bits.
  private static let mostBytesPerPixel: UInt64 = 16

  static func check(_ bytes: RawSpan, _ outline: inout Outline) throws(DecodeFailure) {
    guard let layout = TIFFLayout(bytes) else { throw .damaged }
    for directory in try directories(bytes, layout) {
      let page = try TIFFPage(bytes, layout, directory)
      try outline.add(page.width, page.height)
      try check(page, limit: outline.limit)
    }
  }

  /// The chain of directories up to its end or first repetition; throws when it leaves the file.
  static func directories(_ bytes: RawSpan, _ layout: TIFFLayout) throws(DecodeFailure)
    -> [TIFFDirectory]
  {
    var directories: [TIFFDirectory] = []
    var seen: Set<Int> = []
    var next = layout.directory(bytes, at: layout.firstField)
    while let place = next, place != 0, directories.count <= DecodeLimits.frames {
      guard seen.insert(place).inserted else { break }
      guard let directory = TIFFDirectory(bytes, layout, place) else {
        throw .damaged
      }
      directories.append(directory)
      next = directory.next
    }
    guard next != nil, !directories.isEmpty else { throw .damaged }
    return directories
  }

  private static func check(_ page: TIFFPage, limit: UInt64) throws(DecodeFailure) {
    guard page.pixels * page.samples <= limit * mostBytesPerPixel / page.sampleBytes else {
      throw .refused("The image has too many bytes per pixel.")
    }
    let (tilePixels, huge) = page.tileWidth.multipliedReportingOverflow(by: page.tileHeight)
    guard !huge, page.parts <= mostParts, page.parts * page.samples <= mostParts * 4,
      tilePixels <= limit, page.parts * tilePixels <= 2 * max(limit, 1 << 20)
    else { throw .refused("The image has too many or too large strips or tiles.") }
  }
}

/// The offset of a directory, and the next in the chain; `next` is 0 at its end.
struct TIFFDirectory {
  let place: Int
  let count: Int
  let nextField: Int
  let next: Int

  /// Nil when it reaches beyond the file.
  init?(_ bytes: RawSpan, _ layout: TIFFLayout, _ place: Int) {
    guard let count = layout.entryCount(bytes, at: place) else { return nil }
    nextField = layout.nextField(after: count, at: place)
    guard let next = layout.directory(bytes, at: nextField) else { return nil }
    (self.place, self.count, self.next) = (place, count, next)
  }
}

/// The picture that a directory describes.
private struct TIFFPage {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var samples: UInt64 = 1
  private(set) var sampleBytes: UInt64 = 1
  private(set) var tileWidth: UInt64 = 1
  private(set) var tileHeight: UInt64 = 1
  private(set) var parts: UInt64 = 1

  var pixels: UInt64 { UInt64(width) * UInt64(height) }

  /// Throws when a number is too large.
  init(_ bytes: RawSpan, _ layout: TIFFLayout, _ directory: TIFFDirectory) throws(DecodeFailure) {
    var values: [UInt16: UInt64] = [:]
    for index in 0..<directory.count {
      guard let entry = layout.entry(bytes, index, at: directory.place) else { continue }
      values[entry.tag] = values[entry.tag] ?? entry.value
    }
    guard values.values.allSatisfy({ $0 <= UInt64(UInt32.max) }),
      values[277] ?? 1 <= UInt64(UInt16.max)
    else { throw .damaged }
    read(values)
  }

  private mutating func read(_ values: [UInt16: UInt64]) {
    width = Int(values[256] ?? 0)
    height = Int(values[257] ?? 0)
    samples = max(1, values[277] ?? 1)
    sampleBytes = max(1, ((values[258] ?? 1) + 7) / 8)
    func pieces(_ whole: Int, _ part: UInt64) -> UInt64 { (UInt64(whole) + part - 1) / part }
    if let across = values[322], let down = values[323] {
      tileWidth = max(1, across)
      tileHeight = max(1, down)
      parts =
        pieces(width, tileWidth).multipliedReportingOverflow(
          by: pieces(height, tileHeight)
        ).partialValue
    } else {
      parts = pieces(height, max(1, values[278] ?? UInt64(height)))
    }
  }
}
