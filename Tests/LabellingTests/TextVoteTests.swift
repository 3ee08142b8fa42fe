import Labelling
import Testing

@Suite struct TextVoteTests {
  private func outcome(_ texts: [String], _ forms: TextForms = [.case, .letters, .digits])
    -> TextVote.Outcome?
  {
    TextVote.outcome(
      texts.map { LabelAnswer(labels: [], content: $0, compared: forms.fold($0)) })
  }

  @Test(arguments: [
    ("Straße  9", "straße 9"), (" a\tb ", "a b"), ("كتاب", "کتاب"), ("علي", "علی"),
    ("۱۲۳", "123"), ("١٢٣", "123"), ("می‌روم", "میروم"), ("کتـاب", "کتاب"), ("كِتاب", "کتاب"),
    ("", ""), (" \u{200C} ", ""),
  ])
  func textsAreFolded(text: String, folded: String) {
    let all: TextForms = [.case, .letters, .digits]
    #expect(all.fold(text).unicodeScalars.elementsEqual(folded.unicodeScalars), "\(all.fold(text))")
  }

  @Test func unwantedFormsAreKept() {
    #expect(TextForms([]).fold("ABC ۱") == "ABC ۱")
    #expect(TextForms(["case"]).fold("ABC ۱") == "abc ۱")
    #expect(TextForms(["digits", "unknown"]).fold("ABC ۱") == "ABC 1")
  }

  @Test func theMostFrequentFormOfTheMajorityIsTheResult() throws {
    let found = try #require(outcome(["12 Main St", "12 main st", "12 Main St", "x"]))
    #expect(found.content == "12 Main St")
    #expect(found.method == .plurality)
    #expect(found.verdict.hasMajority)
    #expect(found.verdict.confidence == 0.75)
    #expect(found.verdict.lead == 2)
  }

  @Test func withoutAMajorityTheMedoidIsTheGuess() throws {
    let found = try #require(outcome(["house", "hause", "horse", "moon"]))
    #expect(found.content == "house")
    #expect(found.method == .medoid)
    #expect(!found.verdict.hasMajority)
    #expect(found.verdict.confidence == 0.25)
  }

  @Test func sentencesAreJoinedWordByWord() throws {
    let found = try #require(
      outcome([
        "the cat sat on a mat", "the cat set on the mat", "a cat sat on the mat",
        "the cat sat the mat",
      ]))
    #expect(found.content == "the cat sat on the mat")
    #expect(found.method == .rover)
  }

  @Test func persianSentencesAreJoinedWordByWord() throws {
    let found = try #require(
      outcome(["من به خانه رفتم دیروز", "من به خانه رفته دیروز", "من در خانه رفتم دیروز"]))
    #expect(found.content == "من به خانه رفتم دیروز")
  }

  @Test func theOrderDoesNotMatter() throws {
    let texts = [
      "the cat sat on a mat", "the cat set on the mat", "a cat sat on the mat", "x", "y",
    ]
    let first = outcome(texts)
    var order = texts
    for _ in 0..<20 {
      order.shuffle()
      #expect(outcome(order) == first)
    }
  }

  @Test func extremesEndInTime() throws {
    #expect(outcome([]) == nil)
    #expect(try #require(outcome([" "])).verdict.hasMajority)
    let long = (0..<100).map { number in
      String(repeating: "word\(number) ", count: 1400) + "\(number)"
    }
    #expect(try #require(outcome(long)).verdict.votes == 100)
    let solid = (0..<100).map { String(repeating: "a", count: 9990) + "\($0)" }
    #expect(try #require(outcome(solid)).method == .medoid)
  }
}
