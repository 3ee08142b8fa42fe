import Labelling
import Testing

@Suite("Rule of points") struct PointsRuleTests {
  private typealias Answer = LabelAnswer

  @Test(arguments: [
    (["cat"], ["cat"], true), (["cat"], ["dog"], false), ([], [], true), ([], ["cat"], false),
    (["dog", "cat"], ["cat", "dog"], true), (["cat", "cat"], ["cat"], true),
    (["cat"], ["cat", "dog"], false), (["cat", "dog"], ["cat"], false),
    (["caf\u{E9}"], ["cafe\u{301}"], true),
  ])
  func labelsAreComparedAsSets(given: [String], trusted: [String], agree: Bool) {
    #expect(Answer(labels: given).agrees(with: Answer(labels: trusted)) == agree)
  }

  @Test(arguments: [
    ("a b", "a b", true), (" a \t\n b ", "a b", true), ("a\u{A0}b", "a b", true),
    ("ab", "a b", false),
    ("A b", "a b", false), ("\u{E9}", "e\u{301}", true), ("e", "\u{E9}", false), ("", "a", false),
    (" \u{301}a", "\u{301}a", true),
  ])
  func textsAreComparedWithoutSpacesAround(given: String, trusted: String, agree: Bool) {
    let (given, trusted) = (
      Answer(labels: [], content: given), Answer(labels: [], content: trusted)
    )
    #expect(given.agrees(with: trusted) == agree)
    #expect(PointsRule.earned(given, trusted: trusted, points: 5) == (agree ? 5 : 0))
  }

  @Test func labelsAreNoText() {
    let text = Answer(labels: [], content: "cat")
    #expect(!Answer(labels: ["cat"]).agrees(with: text))
    #expect(!Answer(labels: []).agrees(with: text))
  }

  @Test(arguments: [
    ("majority", 1, false), ("majority", 0, false), ("majority", 2, true), ("majority", 3, true),
    ("review", 1, true), ("gold", 0, true),
  ])
  func aSingleAnswerIsNotDecisive(method: String, votes: Int, isDecisive: Bool) {
    #expect(PointsRule.isDecisive(method: method, votes: votes) == isDecisive)
  }
}
