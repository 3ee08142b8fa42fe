internal import Glibc

/// 95 % intervals by resampling items (Efron and Tibshirani, An Introduction to the Bootstrap, 1993).
///
/// The numbers are the same in each run.
enum Bootstrap {
  /// The bounds of an interval.
  typealias Bounds = (low: Double, high: Double)

  /// Returns the number of samples: 200 to 1,000, so that a request ends in time.
  /// - Parameter work: the items, or answers, that a sample reads.
  static func samples(work: Int) -> Int { min(1000, max(200, 50_000_000 / max(1, work))) }

  /// Returns the percentile intervals of statistics; nil where too few samples have a value.
  /// - Parameters:
  ///   - times: how often each kind of item occurs.
  ///   - statistics: the values of a sample, given how often each kind occurs in it.
  static func intervals(
    _ times: [Int], samples: Int, _ statistics: ([Int]) -> [Double?]
  ) -> [Bounds?] {
    var lots = ItemLots(times)
    var values: [[Double]] = []
    for _ in 0..<samples {
      for (place, value) in statistics(lots.draw()).enumerated() {
        if values.count == place { values.append([]) }
        if let value { values[place].append(value) }
      }
    }
    return values.map { values in
      guard lots.count > 1, values.count * 10 >= samples * 9 else { return nil }
      let values = values.sorted()
      return (
        values[Int(Double(values.count - 1) * 0.025)],
        values[Int((Double(values.count - 1) * 0.975).rounded(.up))]
      )
    }
  }
}

/// Draws as many items as there are, with replacement.
private struct ItemLots {
  private let times: [Int]
  /// The number of items.
  let count: Int
  /// The kind of each item; empty where few kinds have many items.
  private let kinds: [Int32]
  private var random = Lots()

  init(_ times: [Int]) {
    self.times = times
    count = times.reduce(0, +)
    kinds =
      count < 64 * times.count
      ? times.indices.flatMap { [Int32](repeating: Int32($0), count: times[$0]) } : []
  }

  /// Returns how often each kind is drawn.
  mutating func draw() -> [Int] { kinds.isEmpty ? drawKinds() : drawItems() }

  /// Draws one item after the other.
  private mutating func drawItems() -> [Int] {
    var drawn = [Int](repeating: 0, count: times.count)
    for _ in 0..<count { drawn[Int(kinds[random.place(below: count)])] += 1 }
    return drawn
  }

  /// Draws the number of each kind: they follow a multinomial distribution.
  private mutating func drawKinds() -> [Int] {
    var (left, rest, drawn) = (count, count, [Int]())
    drawn.reserveCapacity(times.count)
    for kind in times {
      let some = rest > 0 ? random.binomial(left, Double(kind) / Double(rest)) : 0
      drawn.append(some)
      left -= some
      rest -= kind
    }
    return drawn
  }
}

/// Random numbers from a fixed start (SplitMix64).
struct Lots {
  private var state: UInt64 = 0x5DEE_CE66_D1CE_4E5B

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number from 0 up to 1, without 1.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from 0 up to `count`, without `count`.
  mutating func place(below count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// The number of successes in `trials`.
  ///
  /// Few expected successes or failures are drawn one by one, by the distance to the next; otherwise
  /// the normal distribution is near enough.
  mutating func binomial(_ trials: Int, _ chance: Double) -> Int {
    guard trials > 0, chance > 0 else { return 0 }
    guard chance < 1 else { return trials }
    if chance > 0.5 { return trials - binomial(trials, 1 - chance) }
    let mean = Double(trials) * chance
    guard mean < 30 else {
      let normal = (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
      let drawn = mean + (mean * (1 - chance)).squareRoot() * normal
      return min(max(Int(drawn.rounded()), 0), trials)
    }
    var (successes, place) = (0, 0)
    let scale = log1p(-chance)
    while true {
      let gap = log(1 - uniform()) / scale
      guard gap < Double(trials - place) else { return successes }
      place += Int(gap) + 1
      guard place <= trials else { return successes }
      successes += 1
    }
  }
}
