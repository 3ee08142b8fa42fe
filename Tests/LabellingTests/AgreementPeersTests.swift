import Labelling
import Support
import Testing

/// Random answers with missing ones, beside PyPI's `krippendorff`, scikit-learn, and formulas in NumPy.
@Suite struct AgreementPeersTests {
  /// Reads answers, units × people with -1 for none, and prints alpha, the kappa of each pair, the
  /// bounds of alpha by resampled units, percent agreement and Fleiss' kappa.
  private static let script = """
    import sys, warnings, numpy, krippendorff
    from sklearn.metrics import cohen_kappa_score
    warnings.simplefilter("ignore")
    rows = [[int(word) for word in line.split()] for line in sys.stdin if line.strip()]
    answers = numpy.array(rows)
    def alpha(units):
        data = numpy.where(units < 0, numpy.nan, units).T
        return krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    print(alpha(answers))
    people = answers.shape[1]
    for one in range(people):
        for other in range(one + 1, people):
            both = answers[(answers[:, one] >= 0) & (answers[:, other] >= 0)]
            print(cohen_kappa_score(both[:, one], both[:, other]))
    usable = answers[(answers >= 0).sum(axis=1) > 1]
    lots = numpy.random.default_rng(1)
    values = [alpha(usable[lots.integers(0, len(usable), len(usable))]) for _ in range(400)]
    print(numpy.percentile(values, 2.5), numpy.percentile(values, 97.5))
    counts = numpy.array([numpy.bincount(row[row >= 0], minlength=100) for row in usable])
    number = counts.sum(axis=1)
    percent = ((counts * (counts - 1)).sum(axis=1) / (number * (number - 1))).mean()
    chance = ((counts.sum(axis=0) / counts.sum()) ** 2).sum()
    print(percent, (percent - chance) / (1 - chance))
    """

  @Test(arguments: [UInt64(1), 2, 3])
  func coefficientsAreThoseOfOtherPrograms(seed: UInt64) throws {
    var random = Chance()
    for _ in 0..<seed * 1000 { _ = random.next() }
    let people = 4
    // Few classes, and as many as texts have.
    let classes = seed == 3 ? 100 : 4
    let rows = (0..<150).map { _ in
      let truth = Int.random(in: 0..<classes, using: &random)
      return (0..<people).map { _ in
        guard Int.random(in: 0..<10, using: &random) > 1 else { return -1 }
        return Int.random(in: 0..<10, using: &random) < 6
          ? truth : Int.random(in: 0..<classes, using: &random)
      }
    }
    var table = AgreementTable()
    for row in rows { table.add(row.filter { $0 >= 0 }.map { Int32($0) }) }
    var pairs: [PairAgreement] = []
    for one in 0..<people {
      for other in one + 1..<people {
        var pair = PairAgreement()
        for row in rows where row[one] >= 0 && row[other] >= 0 {
          pair.add(Int32(row[one]), Int32(row[other]))
        }
        pairs.append(pair)
      }
    }
    let text = rows.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n")
    let run = try Program.run(
      [Python.withAgreement.get(), "-c", Self.script], input: Array(text.utf8), seconds: 120)
    let numbers = run.text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    try #require(numbers.count == 11, "\(run.text)\(run.errors)")
    let found = table.coefficients
    let alpha = found.krippendorff
    #expect(try abs(#require(alpha.value) - numbers[0]) < 1e-9)
    for (pair, expected) in zip(pairs, numbers[1...6]) {
      #expect(try abs(#require(pair.kappa.value) - expected) < 1e-9)
    }
    #expect(try abs(#require(found.percent.value) - numbers[9]) < 1e-9)
    #expect(try abs(#require(found.fleiss.value) - numbers[10]) < 1e-9)
    #expect(try abs(#require(alpha.low) - numbers[7]) < 0.03)
    #expect(try abs(#require(alpha.high) - numbers[8]) < 0.03)
  }
}
