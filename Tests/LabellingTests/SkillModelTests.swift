import Glibc
import Labelling
import Testing

@Suite struct SkillModelTests {
  private func dawidSkene() throws -> SkillModel {
    try #require(
      SkillModel(
        method: .dawidSkene, classes: 2, prior: [0.75, 0.25], average: [0.6, 0.4, 0.3, 0.7]))
  }

  private func probabilities(_ model: SkillModel, _ votes: [SkillModel.SkilledVote]) -> [Double] {
    model.logPosterior(votes).map { exp($0) }
  }

  @Test func posteriorFollowsBayes() throws {
    let found = try probabilities(dawidSkene(), [([0.9, 0.1, 0.2, 0.8], 1), (nil, 1)])
    // 0.75 · 0.1 · 0.4 beside 0.25 · 0.8 · 0.7
    #expect(found.count == 2)
    #expect(zip(found, [0.03 / 0.17, 0.14 / 0.17]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func oneAccuracySharesTheRestAmongTheWrongClasses() throws {
    let model = try #require(
      SkillModel(method: .oneCoin, classes: 3, prior: [0.5, 0.25, 0.25], average: [0.8]))
    let found = probabilities(model, [([0.6], 1)])
    // 0.5 · 0.2, 0.25 · 0.6, 0.25 · 0.2
    for (chance, expected) in zip(found, [0.1 / 0.3, 0.15 / 0.3, 0.05 / 0.3]) {
      #expect(abs(chance - expected) < 1e-12)
    }
  }

  @Test func orderOfVotesDoesNotMatter() throws {
    let votes: [SkillModel.SkilledVote] = [([0.9, 0.1, 0.2, 0.8], 1), (nil, 0), (nil, 1)]
    let (one, two) = try (
      probabilities(dawidSkene(), votes), probabilities(dawidSkene(), votes.reversed())
    )
    #expect(zip(one, two).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func weightIsHowMuchMoreLikelyTheAnswerIsWhenTrue() throws {
    let model = try dawidSkene()
    #expect(abs(model.weight(([0.9, 0.1, 0.2, 0.8], 1)) - log(8)) < 1e-12)
    #expect(abs(model.weight((nil, 0)) - log(2)) < 1e-12)
    #expect(model.weight(([0.1, 0.9, 0.5, 0.5], 0)) < 0)
  }

  @Test(arguments: [
    (2, [0.5], [0.5, 0.5, 0.5, 0.5]), (2, [0.5, 0.5], [0.5]), (0, [], []),
    (2, [0.5, .nan], [0.5, 0.5, 0.5, 0.5]), (2, [0.5, 0.5], [0.5, 0, 0.5, 0.5]),
    (2, [0.5, 0.5], [0.5, .nan, 0.5, 0.5]), (2, [0.5, 0.5], [0.5, 1.5, 0.5, 0.5]),
  ])
  func numbersThatDoNotBelongTogetherMakeNoModel(
    classes: Int, prior: [Double], average: [Double]
  ) {
    #expect(
      SkillModel(method: .dawidSkene, classes: classes, prior: prior, average: average) == nil)
  }

  @Test func aSkillOfAnotherModelCountsAsTheAverage() throws {
    let model = try dawidSkene()
    #expect(model.logPosterior([([0.99], 1)]) == model.logPosterior([(nil, 1)]))
  }
}
