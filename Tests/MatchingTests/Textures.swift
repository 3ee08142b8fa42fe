import Imaging

/// Small pictures with detail everywhere.
enum Textures {
  /// The brightness at a place, 0…1 in each direction, of the picture with this seed.
  static func light(_ seed: Int, _ x: Double, _ y: Double) -> Double {
    func knot(_ column: Int, _ row: Int) -> Double {
      var state = UInt64(truncatingIfNeeded: seed &* 7919 &+ column &* 104_729 &+ row &* 1_299_709)
      state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      state = (state ^ state >> 27) &* 0x94D0_49BB_1331_11EB
      return Double((state ^ state >> 31) % 256)
    }
    let (column, row) = (Int(x * 16), Int(y * 16))
    let (fx, fy) = (x * 16 - Double(column), y * 16 - Double(row))
    let top = knot(column, row) * (1 - fx) + knot(column + 1, row) * fx
    let bottom = knot(column, row + 1) * (1 - fx) + knot(column + 1, row + 1) * fx
    return top * (1 - fy) + bottom * fy
  }

  /// A part of a picture as a square.
  static func square(_ seed: Int, _ left: Double = 0, _ top: Double = 0, _ side: Double = 1)
    -> [UInt8]
  {
    (0..<Likeness.side * Likeness.side).map { index in
      let x = (Double(index % Likeness.side) + 0.5) / Double(Likeness.side)
      let y = (Double(index / Likeness.side) + 0.5) / Double(Likeness.side)
      return UInt8(light(seed, left + x * side, top + y * side))
    }
  }
}
