import Labelling
import Testing

@Suite struct MajorityVoteTests {
  private func choices(_ words: String...) -> [LabelAnswer] {
    words.map { LabelAnswer(labels: $0.isEmpty ? [] : [$0]) }
  }

  private func texts(_ words: String...) -> [LabelAnswer] {
    words.map { LabelAnswer(labels: [], content: $0) }
  }

  private func sets(_ words: String...) -> [LabelAnswer] {
    words.map { LabelAnswer(labels: $0.split(separator: "+").map(String.init)) }
  }

  @Test func moreThanHalfDecide() {
    #expect(
      MajorityVote.verdict(choices("cat", "dog", "cat"), as: .choice)
        == .resolved(LabelAnswer(labels: ["cat"]), share: 2.0 / 3))
    #expect(
      MajorityVote.verdict(choices("", "", "cat"), as: .choice)
        == .resolved(LabelAnswer(labels: []), share: 2.0 / 3))
    #expect(
      MajorityVote.verdict(choices("cat"), as: .choice)
        == .resolved(LabelAnswer(labels: ["cat"]), share: 1))
  }

  @Test func aTieOrAPluralityIsContested() {
    #expect(MajorityVote.verdict(choices("cat", "dog"), as: .choice) == .contested)
    #expect(MajorityVote.verdict(choices("cat", "dog", "cow"), as: .choice) == .contested)
    #expect(
      MajorityVote.verdict(choices("cat", "cat", "dog", "cow", "hen"), as: .choice) == .contested)
    #expect(MajorityVote.verdict([], as: .choice) == .contested)
  }

  @Test func eachOfSeveralClassesIsDecidedByItself() {
    #expect(
      MajorityVote.verdict(sets("cat+dog", "dog", "dog+cow"), as: .multi)
        == .resolved(LabelAnswer(labels: ["dog"]), share: 2.0 / 3))
    #expect(
      MajorityVote.verdict(sets("cat+dog", "dog+cat", "cat"), as: .multi)
        == .resolved(LabelAnswer(labels: ["cat", "dog"]), share: 2.0 / 3))
    #expect(
      MajorityVote.verdict(sets("", "", "cat"), as: .multi)
        == .resolved(LabelAnswer(labels: []), share: 2.0 / 3))
    #expect(MajorityVote.verdict(sets("cat+dog", "dog"), as: .multi) == .contested)
    #expect(
      MajorityVote.verdict(sets("cat+cat", "", ""), as: .multi)
        == .resolved(LabelAnswer(labels: []), share: 2.0 / 3))
  }

  @Test func textsThatDifferInSpacesAreEqual() {
    #expect(
      MajorityVote.verdict(texts("a  b", "a b", " a b ", "c"), as: .text)
        == .resolved(LabelAnswer(labels: [], content: " a b "), share: 0.75))
    #expect(
      MajorityVote.verdict(texts("a b", "a b", "a  b"), as: .text)
        == .resolved(LabelAnswer(labels: [], content: "a b"), share: 1))
    #expect(MajorityVote.verdict(texts("a", "A"), as: .text) == .contested)
  }

  @Test func theOrderOfTheAnswersDoesNotMatter() {
    let answers = texts("x", "x ", " x", "y", "x")
    let expected = MajorityVote.verdict(answers, as: .text)
    for turn in 1..<answers.count {
      let turned = Array(answers[turn...] + answers[..<turn])
      #expect(MajorityVote.verdict(turned, as: .text) == expected)
    }
  }
}
