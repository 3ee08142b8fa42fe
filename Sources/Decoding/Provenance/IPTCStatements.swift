package import Imaging

/// Reads the texts of an IPTC-IIM record that name the maker of a picture, from the image
/// resources of Photoshop or directly (IPTC: "Information Interchange Model" 4.2).
package enum IPTCStatements {
  private static let names: [UInt8: String] = [
    65: "Program", 80: "Byline", 110: "Credit", 115: "Source", 120: "Caption",
  ]
  private static let resource: UInt16 = 0x0404
  private static let most = 200

  /// The statements of one block.
  package static func found(in block: [UInt8]) -> [Declared] {
    block.withUnsafeBytes { found(in: $0.bytes) }
  }

  private static func found(in bytes: RawSpan) -> [Declared] {
    if bytes.little(UInt8.self, at: 0) == 0x1c { return record(bytes, 0..<bytes.byteCount) }
    var place = bytes.hasBytes("Photoshop 3.0\0".utf8, at: 0) ? 14 : 0
    while bytes.hasBytes("8BIM".utf8, at: place),
      let number = bytes.big(UInt16.self, at: place + 4),
      let name = bytes.little(UInt8.self, at: place + 6)
    {
      // A name preceded by its length; each part is padded to an even length.
      let size = place + 6 + (Int(name) + 2) / 2 * 2
      guard let length = bytes.big(UInt32.self, at: size) else { break }
      let end = size + 4 + Int(length)
      guard end <= bytes.byteCount else { break }
      if number == resource { return record(bytes, size + 4..<end) }
      place = end + Int(length & 1)
    }
    return []
  }

  private static func record(_ bytes: RawSpan, _ range: Range<Int>) -> [Declared] {
    var found: [Declared] = []
    var place = range.lowerBound
    while found.count < most, place + 5 <= range.upperBound,
      bytes.little(UInt8.self, at: place) == 0x1c,
      let kind = bytes.little(UInt8.self, at: place + 1),
      let number = bytes.little(UInt8.self, at: place + 2),
      let length = bytes.big(UInt16.self, at: place + 3), length < 0x8000
    {
      let end = place + 5 + Int(length)
      guard end <= range.upperBound, let text = bytes.array(place + 5..<end) else { break }
      if kind == 2, let name = names[number] {
        let value = String(decoding: text.filter { $0 != 0 }, as: UTF8.self)
        found.append(Declared(field: "iptc:\(name)", value: value))
      }
      place = end
    }
    return found
  }
}
