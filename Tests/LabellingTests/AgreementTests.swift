import Labelling
import Testing

@Suite struct AgreementTests {
  /// Rows of counts become rows of answers.
  private func table(_ rows: [[Int]]) -> AgreementTable {
    var table = AgreementTable()
    for row in rows {
      table.add(
        row.enumerated().flatMap { [Int32](repeating: Int32($0.offset), count: $0.element) })
    }
    return table
  }

  /// The ten subjects and 14 raters of Fleiss' example as many books print it.
  private static let fleiss = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
  ]

  @Test func fleissExampleHasItsKappa() throws {
    let value = table(Self.fleiss).coefficients.fleiss
    #expect(try abs(#require(value.value) - 0.210) < 0.0005)
    #expect(value.items == 10)
    let (low, high) = (try #require(value.low), try #require(value.high))
    #expect(low < 0.21 && 0.21 < high)
    #expect(low > 0 && high < 0.5)
  }

  /// The four observers and twelve units, with missing answers, of Krippendorff's text of 2011.
  private static let krippendorff: [[Int32?]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
    [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
  ]

  @Test func krippendorffExampleHasItsAlpha() throws {
    var table = AgreementTable()
    for unit in 0..<12 { table.add(Self.krippendorff.compactMap { $0[unit] }) }
    #expect(try abs(#require(table.coefficients.krippendorff.value) - 0.743) < 0.0005)
    #expect(table.items == 11)
    #expect(table.answers == 40)
  }

  @Test func cohenKappaOfAnExampleIsThePublishedOne() throws {
    var pair = PairAgreement()
    // 20 both yes, 5 and 10 different, 15 both no: kappa 0.4.
    for (first, second, count) in [(1, 1, 20), (1, 0, 5), (0, 1, 10), (0, 0, 15)] {
      for _ in 0..<count { pair.add(Int32(first), Int32(second)) }
    }
    let kappa = pair.kappa
    #expect(try abs(#require(kappa.value) - 0.4) < 1e-12)
    #expect(kappa.items == 50)
    // The standard error is .127.
    #expect(try abs(#require(kappa.low) - 0.15) < 0.06)
    #expect(try abs(#require(kappa.high) - 0.65) < 0.06)
  }

  /// The example of Cohen's text of 1968 (Psychological Bulletin 70), in hundredths: kappa .492.
  @Test func cohenExampleHasItsKappa() throws {
    var pair = PairAgreement()
    for (first, row) in [[44, 7, 9], [5, 20, 5], [1, 3, 6]].enumerated() {
      for (second, count) in row.enumerated() {
        for _ in 0..<count { pair.add(Int32(first), Int32(second)) }
      }
    }
    #expect(try abs(#require(pair.kappa.value) - 0.492) < 0.0005)
    #expect(pair.items == 100)
  }

  @Test func categoriesOfOnePersonAloneAddNothingToTheExpectedAgreement() throws {
    var pair = PairAgreement()
    for (first, second) in [(1, 1), (1, 2), (3, 1), (4, 5)] {
      pair.add(Int32(first), Int32(second))
    }
    // One of four agrees; expected are 2 · 2 of 16.
    #expect(try abs(#require(pair.kappa.value)) < 1e-12)
    var strangers = PairAgreement()
    for number in 0..<10 { strangers.add(Int32(number), Int32(100 + number)) }
    #expect(strangers.kappa.value == 0)
    #expect(strangers.kappa.low == 0)
  }

  @Test func agreementOfEqualAnswersIsNotDefined() {
    let table = table([[3, 0], [2, 0]])
    #expect(table.coefficients.percent.value == 1)
    #expect(table.coefficients.fleiss.value == nil)
    #expect(table.coefficients.krippendorff.value == nil)
    #expect(AgreementTable().coefficients.percent.value == nil)
    #expect(PairAgreement().kappa.value == nil)
  }

  @Test func singleAnswersSayNothing() {
    var table = table([[1, 1]])
    table.add([0])
    table.add([])
    #expect(table.items == 1)
    #expect(table.coefficients.percent.value == 0)
    #expect(table.coefficients.percent.low == nil)
  }

  @Test func theIntervalCoversAKnownShare() throws {
    // Pairs that agree in 70 of 100 items: the standard error is .046.
    let value = table(
      [[Int]](repeating: [2, 0], count: 70) + [[Int]](repeating: [1, 1], count: 30)
    )
    .coefficients.percent
    #expect(value.value == 0.7)
    #expect(try abs(#require(value.low) - 0.61) < 0.03)
    #expect(try abs(#require(value.high) - 0.79) < 0.03)
  }

  @Test func wilsonIntervalsAreThePublishedOnes() throws {
    let half = try #require(WilsonInterval(correct: 5, of: 10))
    #expect(abs(half.low - 0.2366) < 5e-5)
    #expect(abs(half.high - 0.7634) < 5e-5)
    let none = try #require(WilsonInterval(correct: 0, of: 10))
    #expect(abs(none.low) < 1e-9)
    #expect(abs(none.high - 0.2775) < 5e-5)
    let all = try #require(WilsonInterval(correct: 10, of: 10))
    #expect(abs(all.high - 1) < 1e-9)
    #expect(WilsonInterval(correct: 0, of: 0) == nil)
    #expect(WilsonInterval(correct: 2, of: 1) == nil)
    #expect(WilsonInterval(correct: -1, of: 1) == nil)
  }
}
