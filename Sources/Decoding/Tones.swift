internal import Glibc
internal import Imaging

/// The number of pixels of each level of luma.
struct Tones {
  private var counts = [Int](repeating: 0, count: 256)
  private let total: Int

  init(_ pixels: [UInt8]) {
    total = pixels.count
    for pixel in pixels { counts[Int(pixel)] += 1 }
  }

  /// The luma, 0…1, that a share of the pixels does not exceed.
  func level(_ share: Double) -> Double {
    let wanted = Int((share * Double(total)).rounded(.up))
    var seen = 0
    for (level, count) in counts.enumerated() {
      seen += count
      if seen >= wanted { return Double(level) / 255 }
    }
    return 1
  }

  /// Shannon's entropy in bits.
  var entropy: Double {
    counts.reduce(0) { sum, count in
      let share = Double(count) / Double(total)
      return count == 0 ? sum : sum - share * log2(share)
    }
  }
}

extension Appearance {
  /// Measures a likeness; nil when its pixels are not a plane.
  init?(_ likeness: Likeness, colour: Double) {
    let side = Likeness.side
    guard let plane = LumaPlane(pixels: likeness.luma, width: side, height: side) else {
      return nil
    }
    let tones = Tones(likeness.luma)
    self.init(
      sharpness: Sharpness.of(plane), shadow: tones.level(0.05), highlight: tones.level(0.99),
      entropy: tones.entropy, colour: colour)
  }
}
