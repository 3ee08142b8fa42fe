/// Makes pictures for tests: real files, each with a different texture.
package enum Pictures {
  /// A PNG of low-frequency noise; the same seed makes the same bytes.
  package static func png(seed: UInt64, width: Int = 96, height: Int = 64, text: String? = nil)
    -> [UInt8]
  {
    png(texture(seed: seed, width: width, height: height), width, height, text: text)
  }

  /// A gray PNG of these pixels.
  package static func png(
    _ luma: [UInt8], _ width: Int, _ height: Int, text: String? = nil, exif: [UInt8]? = nil
  ) -> [UInt8] {
    var raw: [UInt8] = []
    for row in 0..<height { raw += [0] + luma[row * width..<(row + 1) * width] }
    var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    png += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0])
    if let text { png += chunk("tEXt", Array(text.utf8)) }
    if let exif { png += chunk("eXIf", exif) }
    png += chunk("IDAT", stored(raw))
    return png + chunk("IEND", [])
  }

  /// A small JPEG: a gradient, 16 by 16.
  package static let jpeg: [UInt8] = {
    let digits = Array(
      """
      ffd8ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a3d3042605565645f555d5b6a789981\
      6a7190735b5d85b586909ea3abadab6780bcc9baa6c799a8aba4ffc0000b080010001001011100ffc400140001\
      00000000000000000000000000000005ffc400161000030000000000000000000000000000000441ffda000801\
      0100003f002d383a9c024e0ea70fffd9
      """)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8((digits[$0].hexDigitValue ?? 0) << 4 | (digits[$0 + 1].hexDigitValue ?? 0))
    }
  }()

  /// A sum of a few random waves, which a perceptual hash treats like a photograph.
  package static func texture(seed: UInt64, width: Int, height: Int) -> [UInt8] {
    var random = SplitMix(state: seed)
    let grid = (0..<169).map { _ in Double(random.next() % 256) }
    var luma: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        // The middle of each pixel, so that a picture is the same at any size.
        let gx = (Double(x) + 0.5) * 12 / Double(width)
        let gy = (Double(y) + 0.5) * 12 / Double(height)
        let (column, row) = (min(11, Int(gx)), min(11, Int(gy)))
        let (fx, fy) = (gx - Double(column), gy - Double(row))
        let top = grid[row * 13 + column] * (1 - fx) + grid[row * 13 + column + 1] * fx
        let bottom = grid[row * 13 + 13 + column] * (1 - fx) + grid[row * 13 + 14 + column] * fx
        luma.append(UInt8(top * (1 - fy) + bottom * fy))
      }
    }
    return luma
  }

  /// A zlib stream (RFC 1950) of stored blocks.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65535)
      rest = rest.dropFirst(block.count)
      let length = UInt16(block.count)
      stream += [rest.isEmpty ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
      stream += [UInt8(~length & 255), UInt8(~length >> 8)] + block
    } while !rest.isEmpty
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return stream + bigEndian(high << 16 | low)
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return bigEndian(UInt32(data.count)) + body + bigEndian(~crc)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}

/// A random generator whose sequence is determined by the seed (SplitMix64).
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
