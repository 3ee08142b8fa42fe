/// The text with the least edit distance to all others.
enum Medoid {
  /// The most words of 64 bits that all comparisons together compute: about 50 ms.
  private static let mostSteps = 20_000_000

  /// Returns the place of the medoid; of equals the first.
  ///
  /// Beginnings and ends that all texts share are left out. Of what is left long texts are compared by
  /// their beginnings, so that the time is bounded: 10,000 characters of five texts, 500 of a hundred.
  static func place(_ texts: [(key: String, times: Int)]) -> Int {
    let symbols = numbers(texts.map { Array($0.key.unicodeScalars) })
    let length = longest(texts.count)
    let parts = different(symbols.texts).map { Array($0.prefix(length)) }
    var pattern = EditDistance(symbols: symbols.count, longest: parts.map(\.count).max() ?? 0)
    var sums = [Int](repeating: 0, count: texts.count)
    for one in texts.indices {
      pattern.set(parts[one])
      for other in texts.indices where other > one {
        let distance = pattern.distance(to: parts[other])
        sums[one] += distance * texts[other].times
        sums[other] += distance * texts[one].times
      }
    }
    return sums.indices.reduce(0) { sums[$1] < sums[$0] ? $1 : $0 }
  }

  /// Returns the length of texts that are compared to the end.
  private static func longest(_ texts: Int) -> Int {
    let pairs = max(1, texts * (texts - 1) / 2)
    return max(64, Int((64 * Double(mostSteps / pairs)).squareRoot()))
  }

  /// Returns the texts as numbers from 0 on; equal scalars have the same one.
  private static func numbers(
    _ texts: [[Unicode.Scalar]]
  ) -> (texts: [[Int32]], count: Int) {
    var known: [Unicode.Scalar: Int32] = [:]
    let numbered = texts.map { text in
      text.map { scalar in
        if let number = known[scalar] { return number }
        let number = Int32(known.count)
        known[scalar] = number
        return number
      }
    }
    return (numbered, known.count)
  }

  /// Returns the texts without the beginning and the end that all of them share.
  private static func different(_ texts: [[Int32]]) -> [ArraySlice<Int32>] {
    guard let first = texts.first else { return [] }
    let shortest = texts.map(\.count).min() ?? 0
    let start = (0..<shortest).first { place in texts.contains { $0[place] != first[place] } }
    let prefix = start ?? shortest
    let end = (0..<shortest - prefix).first { place in
      texts.contains { $0[$0.count - 1 - place] != first[first.count - 1 - place] }
    }
    return texts.map { $0[prefix..<$0.count - (end ?? shortest - prefix)] }
  }
}
