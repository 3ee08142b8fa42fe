/// Writes TIFF directories, also malformed ones.
enum TIFF {
  struct Entry {
    var tag: UInt16
    var value: UInt32
  }

  /// A gray page of 8 bits, not compressed; its pixels are at the end of the file.
  static func page(_ width: UInt32, _ height: UInt32, _ more: [Entry] = []) -> [Entry] {
    let plain = [
      Entry(tag: 256, value: width), Entry(tag: 257, value: height), Entry(tag: 258, value: 8),
      Entry(tag: 259, value: 1), Entry(tag: 262, value: 1), Entry(tag: 273, value: 0),
      Entry(tag: 277, value: 1), Entry(tag: 278, value: height),
      Entry(tag: 279, value: width &* height),
    ]
    let tags = Set(more.map(\.tag))
    return (plain.filter { !tags.contains($0.tag) } + more).sorted { $0.tag < $1.tag }
  }

  /// The file; the chain of directories ends, or continues at the given offset.
  static func file(_ pages: [[Entry]], pixels: Int = 64, last: UInt32 = 0) -> [UInt8] {
    let sizes = pages.map { 6 + $0.count * 12 }
    let data = 8 + sizes.reduce(0, +)
    var file = Array("II*\0".utf8) + BMP.little(UInt32(8))
    for (index, page) in pages.enumerated() {
      let next = index + 1 < pages.count ? UInt32(file.count + sizes[index]) : last
      file += BMP.little(UInt16(page.count))
      for entry in page {
        let value = entry.tag == 273 && entry.value == 0 ? UInt32(data) : entry.value
        file += BMP.little(entry.tag) + BMP.little(UInt16(4)) + BMP.little(UInt32(1))
        file += BMP.little(value)
      }
      file += BMP.little(next)
    }
    return file + (0..<pixels).map { UInt8(truncatingIfNeeded: $0) }
  }
}

/// Writes GIF blocks.
enum GIF {
  static func screen(_ width: UInt16, _ height: UInt16) -> [UInt8] {
    Array("GIF89a".utf8) + BMP.little(width) + BMP.little(height) + [0x80, 0, 0] + [0, 0, 0]
      + [255, 255, 255]
  }

  /// A frame of one pixel with another declared size.
  static func frame(_ width: UInt16 = 1, _ height: UInt16 = 1) -> [UInt8] {
    [0x2c, 0, 0, 0, 0] + BMP.little(width) + BMP.little(height) + [0, 2, 2, 0x4c, 0x01, 0]
  }

  static let end: [UInt8] = [0x3b]
}

/// Writes WebP chunks.
enum WebP {
  static func file(_ chunks: [UInt8]...) -> [UInt8] {
    let all = Array(chunks.joined())
    return Array("RIFF".utf8) + BMP.little(UInt32(all.count + 4)) + Array("WEBP".utf8) + all
  }

  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    Array(name.utf8) + BMP.little(UInt32(body.count)) + body + (body.count % 2 == 0 ? [] : [0])
  }

  /// The extended header of a canvas.
  static func canvas(_ width: Int, _ height: Int, flags: UInt8 = 2) -> [UInt8] {
    chunk("VP8X", [flags, 0, 0, 0] + long24(width - 1) + long24(height - 1))
  }

  static func frame(_ width: Int, _ height: Int) -> [UInt8] {
    chunk(
      "ANMF", [0, 0, 0, 0, 0, 0] + long24(width - 1) + long24(height - 1) + [10, 0, 0, 0])
  }

  /// The names of a file's chunks.
  static func names(_ file: [UInt8]) -> [String] {
    var names: [String] = []
    var place = 12
    while place + 8 <= file.count {
      names.append(String(decoding: file[place..<place + 4], as: UTF8.self))
      let size = (0..<4).reduce(0) { $0 | Int(file[place + 4 + $1]) << ($1 * 8) }
      place += 8 + size + size % 2
    }
    return names
  }

  private static func long24(_ value: Int) -> [UInt8] {
    [UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16 & 255)]
  }
}
