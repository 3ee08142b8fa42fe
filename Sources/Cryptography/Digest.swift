/// A SHA-256 digest: 32 bytes, ordered byte by byte.
package struct Digest: Hashable, Sendable {
  // Big-endian words: their order is the order of the bytes.
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// The number of bytes.
  package static let length = 32
  /// The smallest digest: all bits are zero.
  package static let zero = Digest { _ in 0 }

  private init(_ word: (Int) -> UInt64) {
    (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
  }

  /// Reads the digest in the first 32 of these bytes, which must exist.
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.init {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }

  /// The digest of these 32 bytes; nil for another number of bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self = bytes.withUnsafeBytes { Digest($0) }
  }

  /// The digest of 64 hexadecimal digits; nil for other text.
  package init?(hex: some StringProtocol) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes)
  }

  private var words: [4 of UInt64] { [first, second, third, fourth] }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, count in
      let (room, words) = (UnsafeMutableRawBufferPointer(buffer), words)
      for index in words.indices {
        room.storeBytes(of: words[index].bigEndian, toByteOffset: index * 8, as: UInt64.self)
      }
      count = Self.length
    }
  }

  /// Writes the 64 lowercase hexadecimal digits.
  package func fill(_ digits: UnsafeMutableRawPointer) {
    let words = words
    for index in words.indices {
      let (high, low) = (UInt32(words[index] >> 32), UInt32(truncatingIfNeeded: words[index]))
      let place = index * 16
      digits.storeBytes(of: Hex.digits(high).bigEndian, toByteOffset: place, as: UInt64.self)
      digits.storeBytes(of: Hex.digits(low).bigEndian, toByteOffset: place + 8, as: UInt64.self)
    }
  }
}

extension Digest: Comparable {
  package static func < (one: Digest, other: Digest) -> Bool {
    (one.first, one.second, one.third, one.fourth)
      < (other.first, other.second, other.third, other.fourth)
  }
}

extension Digest: CustomStringConvertible {
  package var description: String { Hex.encode(self) }
}

extension Hex {
  /// The 64 lowercase digits of a digest.
  package static func encode(_ digest: Digest) -> String {
    String(unsafeUninitializedCapacity: Digest.length * 2) { text in
      text.baseAddress.map { digest.fill($0) }
      return Digest.length * 2
    }
  }
}
