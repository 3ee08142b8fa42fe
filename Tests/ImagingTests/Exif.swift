/// Builds EXIF blocks and puts them into JPEG files.
enum Exif {
  struct Entry {
    let tag: UInt16
    let type: UInt16
    let value: [UInt8]
    var count: Int { type == 3 ? 1 : type == 5 ? value.count / 8 : value.count }

    static func text(_ tag: UInt16, _ text: String) -> Entry {
      Entry(tag: tag, type: 2, value: Array(text.utf8) + [0])
    }
    static func orientation(_ value: UInt8) -> Entry {
      Entry(tag: 0x0112, type: 3, value: [value, 0, 0, 0])
    }
    /// A latitude (2) or longitude (4): degrees, minutes and seconds, each over the same.
    static func angle(_ tag: UInt16, over denominator: Int = 1) -> Entry {
      let parts = [48, 12, 30].flatMap { Exif.long($0) + Exif.long(denominator) }
      return Entry(tag: tag, type: 5, value: parts)
    }
    static func comment(_ value: [UInt8]) -> Entry { Entry(tag: 0x9286, type: 7, value: value) }
  }

  /// The tag with the offset of the directory of positions.
  static let position: UInt16 = 0x8825

  /// A little-endian block; the second list is the Exif directory, or another.
  static func block(_ main: [Entry], _ further: [Entry] = [], at tag: UInt16 = 0x8769) -> [UInt8] {
    let pointer = further.isEmpty ? 0 : 1
    let furtherStart = 8 + 6 + 12 * (main.count + pointer)
    let dataStart = furtherStart + (further.isEmpty ? 0 : 6 + 12 * further.count)
    var data: [UInt8] = []
    func directory(_ entries: [Entry], _ extra: [UInt8]) -> [UInt8] {
      let fields = entries.flatMap { entry -> [UInt8] in
        let head = short(entry.tag) + short(entry.type) + long(entry.count)
        if entry.value.count <= 4 {
          return head + (entry.value + [0, 0, 0, 0]).prefix(4)
        }
        defer { data += entry.value }
        return head + long(dataStart + data.count)
      }
      return short(UInt16(entries.count) + (extra.isEmpty ? 0 : 1)) + fields + extra + long(0)
    }
    let link = further.isEmpty ? [] : short(tag) + short(4) + long(1) + long(furtherStart)
    var block = Array("Exif\0\0II*\0".utf8) + long(8) + directory(main, link)
    if !further.isEmpty { block += directory(further, []) }
    return block + data
  }

  /// The JPEG file with an APP1 segment after its first marker.
  static func inserted(_ body: [UInt8], into jpeg: [UInt8]) -> [UInt8] {
    let size = body.count + 2
    let head: [UInt8] = [0xff, 0xe1, UInt8(size >> 8), UInt8(size & 0xff)]
    return jpeg.prefix(2) + head + body + jpeg.dropFirst(2)
  }

  private static func short(_ value: UInt16) -> [UInt8] {
    [UInt8(value & 0xff), UInt8(value >> 8)]
  }
  fileprivate static func long(_ value: Int) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(value >> $0 & 0xff) }
  }
}
