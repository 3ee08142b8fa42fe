internal import Glibc

/// 95 % intervals by resampling items (Efron and Tibshirani, An Introduction to the Bootstrap, 1993).
///
/// The numbers are the same in each run.
enum Bootstrap {
  /// The number of samples: fewer for many kinds of items, so that a request ends in time.
  private static func samples(_ kinds: Int) -> Int { min(1000, max(200, 200_000 / max(1, kinds))) }

  /// Returns the percentile interval of a statistic; nil when too few samples have a value.
  /// - Parameters:
  ///   - times: how often each kind of item occurs.
  ///   - statistic: the value of a sample, given how often each kind occurs in it.
  static func interval(
    _ times: [Int], _ statistic: ([Int]) -> Double?
  ) -> (low: Double, high: Double)? {
    let count = times.reduce(0, +)
    guard count > 1 else { return nil }
    var random = Lots()
    let samples = samples(times.count)
    let values = (0..<samples).compactMap { _ in
      statistic(draw(times, count, &random))
    }.sorted()
    guard values.count * 10 >= samples * 9 else { return nil }
    return (
      values[Int(Double(values.count - 1) * 0.025)],
      values[Int((Double(values.count - 1) * 0.975).rounded(.up))]
    )
  }

  /// Draws `count` items with replacement: the kinds follow a multinomial distribution.
  private static func draw(_ times: [Int], _ count: Int, _ random: inout Lots) -> [Int] {
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

  /// A number from 0 up to 1, without 1.
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ mixed >> 31) >> 11) * 0x1p-53
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
