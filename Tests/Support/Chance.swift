internal import Glibc

/// Random numbers that are the same in each run, so that a failure can be repeated.
///
/// `ASSAY_TEST_SEED` gives other numbers. Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators" (2014).
package struct Chance: RandomNumberGenerator {
  private var state = getenv("ASSAY_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

  /// Numbers from the start of the sequence.
  package init() {}

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
