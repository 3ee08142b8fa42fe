import Labelling
import Support
import Testing

@Suite struct TextVoteTests {
  private func outcome(_ texts: [String], _ forms: TextForms = [.case, .letters, .digits])
    -> TextVote.Outcome?
  {
    TextVote.outcome(
      texts.map { LabelAnswer(labels: [], content: $0, compared: forms.fold($0)) })
  }

  @Test(arguments: [
    ("Straße  9", "strasse 9"), ("STRASSE", "strasse"), ("ΟΔΟΣ", "οδοσ"), ("οδος", "οδοσ"),
    (" a\tb ", "a b"), ("كتاب", "کتاب"), ("علي", "علی"),
    ("۱۲۳", "123"), ("١٢٣", "123"), ("می‌روم", "میروم"), ("کتـاب", "کتاب"), ("كِتاب", "کتاب"),
    ("", ""), (" \u{200C} ", ""), ("\u{200F}سلام\u{200E}", "سلام"),
    ("\u{202B}سلام\u{202C}", "سلام"),
    ("a\u{00AD}b\u{200B}c\u{FEFF}", "abc"), ("e\u{301}", "e\u{301}"),
  ])
  func textsAreFolded(text: String, folded: String) {
    let all: TextForms = [.case, .letters, .digits]
    #expect(all.fold(text).unicodeScalars.elementsEqual(folded.unicodeScalars), "\(all.fold(text))")
  }

  @Test func unwantedFormsAreKept() {
    #expect(TextForms([]).fold("ABC ۱") == "ABC ۱")
    #expect(TextForms(["case"]).fold("ABC ۱") == "abc ۱")
    #expect(TextForms(["digits", "unknown"]).fold("ABC ۱") == "ABC 1")
    // Joiners change Persian letters, tags tell flags apart; marks of direction never count.
    let kept = "می\u{200C}روم \u{1F3F4}\u{E0067}\u{E007F}"
    #expect(TextForms([]).fold("\u{200F}" + kept).unicodeScalars.elementsEqual(kept.unicodeScalars))
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

  @Test func theMedoidIsThatOfTheFullTable() {
    var random = Chance()
    for length in [3, 20, 64, 65, 200, 400] {
      let texts = Set(
        (0..<6).map { _ in
          String((0..<Int.random(in: 1...length, using: &random)).map { _ in letter(&random) })
        }
      ).sorted()
      let sums = texts.map { one in texts.reduce(0) { $0 + distance(one, $1) } }
      let least = sums.min()
      let best = zip(texts, sums).first { $0.1 == least }?.0
      #expect(outcome(texts)?.content == best)
    }
  }

  private func letter(_ random: inout Chance) -> Character {
    "abاé".randomElement(using: &random) ?? "a"
  }

  /// The edit distance, place by place.
  private func distance(_ one: String, _ other: String) -> Int {
    var row = Array(0...other.unicodeScalars.count)
    for (number, left) in one.unicodeScalars.enumerated() {
      var next = [number + 1]
      for (right, (diagonal, above)) in zip(other.unicodeScalars, zip(row, row.dropFirst())) {
        next.append(min(diagonal + (left == right ? 0 : 1), above + 1, (next.last ?? 0) + 1))
      }
      row = next
    }
    return row.last ?? 0
  }

  @Test func longTextsAreComparedToTheEnd() throws {
    // The first letters differ, so that nothing is common; the ends decide.
    let middle = String(repeating: "x", count: 9000)
    let texts = ["a\(middle)pqrst", "b\(middle)pqrsu", "c\(middle)vwxyz"]
    #expect(try #require(outcome(texts)).content == texts[at: 0])
    #expect(
      try #require(outcome([texts[at: 2], "b\(middle)vwxyt", texts[at: 0]])).content != texts[at: 0]
    )
  }

  @Test func wordsAreCountedInTheirComparedForms() throws {
    let found = try #require(
      outcome(["I saw ۱۲ Cats", "i saw 12 dogs", "I SAW 12 cats today", "I saw 13 cats"]))
    #expect(found.method == .rover)
    #expect(found.content.unicodeScalars.elementsEqual("I saw 12 cats".unicodeScalars), "\(found)")
    let persian = try #require(
      outcome(["كتاب من اینجاست", "کتاب تو اینجاست", "کتاب من آنجاست"]))
    #expect(persian.content == "کتاب من اینجاست")
  }

  @Test func equalVotesMixNoSentences() throws {
    let two = ["alpha went home early", "beta left work late"]
    #expect(try two.contains(#require(outcome(two)).content))
    // The third word of the first two stands against none.
    #expect(try #require(outcome(["a b c d", "a b d"])).content == "a b c d")
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
    // Too many words to align a hundred times: the guess is one of the texts.
    let differing = (0..<100).map { number in
      (0..<1900).map { $0 % 7 == number % 7 ? "x\(number)" : "w\($0)" }.joined(separator: " ")
    }
    #expect(try #require(outcome(differing)).method == .medoid)
    #expect(try #require(outcome(Array(differing.prefix(5)))).method == .rover)
    let solid = (0..<100).map { String(repeating: "a", count: 9990) + "\($0)" }
    #expect(try #require(outcome(solid)).method == .medoid)
  }
}
