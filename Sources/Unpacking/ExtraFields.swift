/// The extra fields of an entry of the central directory: each has a kind, a length and bytes.
struct ExtraFields {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The first field of a kind; nil when there is none or an earlier field is damaged.
  func field(_ kind: Int) -> [UInt8]? {
    var place = 0
    while place + 4 <= bytes.count {
      let end = place + 4 + bytes.short(place + 2)
      guard end <= bytes.count else { return nil }
      if bytes.short(place) == kind { return Array(bytes[place + 4..<end]) }
      place = end
    }
    return nil
  }

  /// The numbers; those that do not fit in 32 bits come from the ZIP64 field (APPNOTE 4.5.3).
  func zip64(size: Int, packedSize: Int, offset: Int) -> (
    size: Int, packedSize: Int, offset: Int
  ) {
    var rest = field(1) ?? []
    func wide(_ value: Int) -> Int {
      guard value == 0xFFFF_FFFF, rest.count >= 8 else { return value }
      defer { rest.removeFirst(8) }
      return rest.quad(0)
    }
    // The field has them in this order.
    let size = wide(size)
    let packedSize = wide(packedSize)
    return (size, packedSize, wide(offset))
  }
}
