import Labelling
import Testing

@Suite struct CalibrationTests {
  @Test func plattIsALogisticCurve() throws {
    let platt = Calibration.platt(a: 2, b: -1)
    #expect(platt.probability(of: 0.5) == 0.5)
    let high = try #require(platt.probability(of: 2))
    #expect(abs(high - 0.952574) < 1e-6)
    #expect(platt.probability(of: .nan) == nil)
    #expect(platt.probability(of: .infinity) == nil)
  }

  private func table(_ points: [(Double, Double)]) -> Calibration? {
    Calibration(points: points.map { .init(output: $0, probability: $1) })
  }

  @Test(arguments: [(-5, 0.1), (0, 0.1), (1, 0.3), (2, 0.5), (3, 0.7), (4, 0.9), (9, 0.9)])
  func tablesAreInterpolatedLinearly(_ output: Double, _ probability: Double) throws {
    let curve = try #require(table([(0, 0.1), (2, 0.5), (4, 0.9)]))
    let found = try #require(curve.probability(of: output))
    #expect(abs(found - probability) < 1e-9)
  }

  @Test func tablesMustRise() {
    #expect(table([]) == nil)
    #expect(table([(0, 0.5)]) == nil)
    #expect(table([(0, 0.5), (0, 0.6)]) == nil)
    #expect(table([(0, 0.5), (1, 0.4)]) == nil)
    #expect(table([(0, 0.5), (1, 1.1)]) == nil)
    #expect(table([(0, 0.5), (1, .nan)]) == nil)
  }
}
