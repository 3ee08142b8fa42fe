package import Imaging

/// Reads the texts of an EXIF block about the origin of a picture.
///
/// libexif does not read Unicode user comments, where generators write their prompts.
package enum ExifStatements {
  private static let names: [UInt16: String] = [
    0x010e: "ImageDescription", 0x010f: "Make", 0x0110: "Model", 0x0131: "Software",
    0x013b: "Artist", 0x9286: "UserComment", 0x9c9c: "XPComment",
  ]
  private static let exifDirectory: UInt16 = 0x8769
  private static let mostEntries = 200

  /// The statements of one block, with or without its `Exif` prefix.
  package static func found(in block: [UInt8]) -> [Declared] {
    block.withUnsafeBytes { found(in: $0) }
  }

  /// The statements of one block, or of a whole TIFF file.
  package static func found(in block: UnsafeRawBufferPointer) -> [Declared] {
    let prefix = Array("Exif\0\0".utf8)
    let isPrefixed = block.starts(with: prefix)
    let bytes = UnsafeRawBufferPointer(rebasing: block.dropFirst(isPrefixed ? prefix.count : 0))
    guard let tiff = TIFFBytes(bytes), let start = tiff.long(4) else { return [] }
    let main = entries(of: tiff, at: Int(start))
    let pointers = main.filter { $0.tag == exifDirectory }
    let further = pointers.prefix(1).flatMap { entry in
      tiff.long(entry.place + 8).map { entries(of: tiff, at: Int($0)) } ?? []
    }
    // Otherwise a block of 64 KB could refer to one long text four hundred times.
    var seen: Set<UInt16> = []
    let first = (main + further).filter { names[$0.tag] != nil && seen.insert($0.tag).inserted }
    return first.compactMap { statement(tiff, $0.tag, at: $0.place) }
  }

  private static func entries(of tiff: TIFFBytes, at start: Int) -> [(tag: UInt16, place: Int)] {
    let count = min(Int(tiff.short(start) ?? 0), mostEntries)
    return (0..<count).compactMap { index in
      let place = start + 2 + index * 12
      return tiff.short(place).map { ($0, place) }
    }
  }

  private static func statement(_ tiff: TIFFBytes, _ tag: UInt16, at place: Int) -> Declared? {
    guard let name = names[tag], let type = tiff.short(place + 2), [1, 2, 7].contains(type),
      let count = tiff.long(place + 4), let offset = tiff.long(place + 8)
    else { return nil }
    let bytes = tiff.bytes(at: count <= 4 ? place + 8 : Int(offset), Int(count))
    let text =
      switch tag {
      case 0x9286: userComment(bytes)
      case 0x9c9c: utf16(bytes, isLittleEndian: true)
      default: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    return Declared(field: "exif:\(name)", value: text.filter { $0 != "\0" })
  }

  // Eight bytes name the encoding. Programs disagree on the byte order of the Unicode one.
  private static func userComment(_ bytes: [UInt8]) -> String {
    let text = Array(bytes.dropFirst(8))
    guard bytes.starts(with: "UNICODE".utf8) else {
      return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
    return utf16(text, isLittleEndian: text.first != 0)
  }

  private static func utf16(_ bytes: [UInt8], isLittleEndian: Bool) -> String {
    let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isLittleEndian ? second << 8 | first : first << 8 | second
    }
    return String(decoding: units, as: UTF16.self)
  }
}

/// A TIFF block read in its own byte order; values outside it are nil or empty.
private struct TIFFBytes {
  // Prompts are long, and the program's name is at the end.
  private static let longestText = 64 << 10

  private let bytes: UnsafeRawBufferPointer
  private let isLittleEndian: Bool

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.starts(with: "II".utf8) || bytes.starts(with: "MM".utf8) else { return nil }
    self.bytes = bytes
    isLittleEndian = bytes.starts(with: "II".utf8)
  }

  func bytes(at place: Int, _ count: Int) -> [UInt8] {
    Array(bytes.dropFirst(place).prefix(min(count, Self.longestText)))
  }

  func short(_ place: Int) -> UInt16? { number(place, 2).map { UInt16($0) } }
  func long(_ place: Int) -> UInt32? { number(place, 4) }

  private func number(_ place: Int, _ size: Int) -> UInt32? {
    let part = bytes(at: place, size)
    guard part.count == size else { return nil }
    let ordered = isLittleEndian ? Array(part.reversed()) : Array(part)
    return ordered.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
