/// The number of insertions, deletions and replacements between a pattern and other texts (Levenshtein,
/// 1965), 64 places of the pattern at a time (Myers, A fast bit-vector algorithm for approximate string
/// matching, 1999; Hyyrö 2003).
struct EditDistance {
  /// The places of each symbol in the pattern, a bit a place, `blocks` words a symbol.
  private var places: [UInt64]
  private let blocks: Int
  private var pattern: [Int32] = []

  /// Makes an empty pattern.
  /// - Parameters:
  ///   - symbols: the number of different symbols, which are numbered from 0 on.
  ///   - longest: the length of the longest pattern.
  init(symbols: Int, longest: Int) {
    blocks = (longest + 63) / 64
    places = [UInt64](repeating: 0, count: symbols * blocks)
  }

  /// Replaces the pattern.
  mutating func set(_ symbols: [Int32]) {
    for (place, symbol) in pattern.enumerated() { places[Int(symbol) * blocks + place / 64] = 0 }
    pattern = symbols
    for (place, symbol) in symbols.enumerated() {
      places[Int(symbol) * blocks + place / 64] |= 1 << UInt64(place % 64)
    }
  }

  /// Returns the distance of a text from the pattern.
  func distance(to text: [Int32]) -> Int {
    guard !pattern.isEmpty else { return text.count }
    let used = (pattern.count + 63) / 64
    let last = UInt64(1) << UInt64((pattern.count - 1) % 64)
    // The places of a column at which it is one more or less than at the place above.
    var columns = [Column](repeating: Column(), count: used)
    var distance = pattern.count
    for symbol in text {
      // The step from one column to the next at the border of two blocks; at the top always +1.
      var carry = 1
      for block in 0..<used {
        carry = columns[block].advance(
          places[Int(symbol) * blocks + block], carry, top: block == used - 1 ? last : 1 << 63)
      }
      distance += carry
    }
    return distance
  }

  /// The differences between neighbours in 64 places of a column.
  private struct Column {
    var more = UInt64.max
    var less: UInt64 = 0

    /// Advances to the next symbol of the text; returns the step at the place `top`.
    /// - Parameters:
    ///   - equal: the places that have the symbol.
    ///   - carry: the step at the place above the block: -1, 0 or 1.
    mutating func advance(_ equal: UInt64, _ carry: Int, top: UInt64) -> Int {
      let vertical = equal | less
      let matched = carry < 0 ? equal | 1 : equal
      let horizontal = (((matched & more) &+ more) ^ more) | matched
      var up = less | ~(horizontal | more)
      var down = more & horizontal
      let step = up & top != 0 ? 1 : down & top != 0 ? -1 : 0
      up = up << 1 | (carry > 0 ? 1 : 0)
      down = down << 1 | (carry < 0 ? 1 : 0)
      more = down | ~(vertical | up)
      less = up & vertical
      return step
    }
  }
}
