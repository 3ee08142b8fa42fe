import HTTP
import Testing

/// A body that uses every rule.
private struct Adoption: WireInput {
  enum Mood: String, CaseIterable, Sendable { case calm, cross }
  let name: String
  let nick: String?
  let mood: Mood
  let tags: [String]

  static let inputs = Inputs(
    Adoption.init,
    .required("name", .text(1...5)), .optional("nick", .secret(0...5)),
    .optional("mood", .choice, default: .calm),
    .optional("tags", .list(of: .text(0...3), 1...2), default: []))
}

/// A body without required members.
private struct Remark: WireInput {
  let note: String?
  static let inputs = Inputs(Remark.init, .optional("note", .text(1...5)))
}

/// A body with two members that exclude each other.
private struct Passenger: WireInput {
  let seat: Int?
  let berth: String?
  let name: String

  init?(seat: Int?, berth: String?, name: String) {
    guard (seat == nil) != (berth == nil) else { return nil }
    (self.seat, self.berth, self.name) = (seat, berth, name)
  }

  static let inputs = Inputs(
    Passenger.init,
    .optional("seat", .whole(1...9)), .optional("berth", .text(1...5)),
    .required("name", .text(1...5)),
    alternatives: Alternatives(
      ["seat", "berth"], excludeOthers: true,
      orElse: Violation("seat", "or berth is required, one of the two")))
}

@Suite struct WireTests {
  private func adoption(_ json: String) throws -> Adoption { try Adoption(reading: JSON(json)) }

  @Test func unknownFieldsAreIgnored() throws {
    let read = try adoption(
      #"{"x":{},"name":" Tom ","nick":" t ","mood":"cross","tags":["a"," b "]}"#)
    #expect(read.name == "Tom")
    #expect(read.nick == " t ")
    #expect(read.mood == .cross)
    #expect(read.tags == ["a", "b"])
  }

  @Test(arguments: [#"{"name":"a"}"#, #"{"name":"a","nick":null,"mood":null,"tags":null}"#])
  func absentFieldsHaveTheirDefaults(json: String) throws {
    let read = try adoption(json)
    #expect(read.nick == nil)
    #expect(read.mood == .calm)
    #expect(read.tags.isEmpty)
  }

  @Test(arguments: [
    ("{}", "name", "is required"), (#"{"name":null}"#, "name", "must be a string"),
    (#"{"name":1}"#, "name", "must be a string"),
    (#"{"name":"  "}"#, "name", "must be 1 to 5 characters"),
    (#"{"name":"123456"}"#, "name", "must be 1 to 5 characters"),
    (#"{"name":"\u200b"}"#, "name", "must contain a visible character"),
    (#"{"name":" \u2060\u00ad"}"#, "name", "must contain a visible character"),
    (#"{"name":"\u3164\u2800"}"#, "name", "must contain a visible character"),
    (#"{"name":"\udb40\udc61"}"#, "name", "must contain a visible character"),
    (#"{"name":"a","nick":"123456"}"#, "nick", "must be 0 to 5 characters"),
    (#"{"name":"a","mood":"odd"}"#, "mood", "must be one of calm, cross"),
    (#"{"name":"a","mood":1}"#, "mood", "must be one of calm, cross"),
    (#"{"name":"a","tags":"a"}"#, "tags", "must be a list"),
    (#"{"name":"a","tags":[]}"#, "tags", "must have 1 to 2 values"),
    (#"{"name":"a","tags":["a","b","c"]}"#, "tags", "must have 1 to 2 values"),
    (#"{"name":"a","tags":["a",1]}"#, "tags", "at position 2 must be a string"),
    (#"{"name":"a","tags":["1234"]}"#, "tags", "at position 1 must be at most 3 characters"),
  ])
  func theViolationIsNamed(json: String, field: String, message: String) {
    let refused = problem { _ = try adoption(json) }
    #expect(refused?.status == 400)
    #expect(refused?.violations == [Violation(field, message)])
    #expect(refused?.detail == "\(field) \(message).")
  }

  /// Joiners and selectors are parts of words and signs.
  @Test(arguments: ["\u{645}\u{200C}\u{645}", "\u{2764}\u{FE0F}", "\u{301}"])
  func invisibleCharactersBesideVisibleOnesAreKept(name: String) throws {
    #expect(try adoption(#"{"name":"\#(name)"}"#).name == name)
  }

  @Test func aTextThatMayBeEmptyMayShowNothing() throws {
    #expect(try adoption(#"{"name":"a","tags":["\u200b"]}"#).tags == ["\u{200B}"])
  }

  @Test func exclusiveBoundsAreNamedInTheSchema() {
    var writer = JSONWriter()
    Schema.number(0.5...1, isExclusive: true).write(to: &writer)
    #expect(
      writer.text == #"{"type":"number","exclusiveMinimum":0.5,"exclusiveMaximum":1.0}"#)
  }

  @Test func everyViolationIsNamed() {
    let refused = problem { _ = try adoption(#"{"nick":1,"mood":2}"#) }
    #expect(refused?.violations.map(\.location) == ["name", "nick", "mood"])
  }

  @Test func oneOfTheAlternativesIsAccepted() throws {
    #expect(try Passenger(reading: JSON(#"{"name":"a","seat":4}"#)).seat == 4)
    #expect(try Passenger(reading: JSON(#"{"name":"a","berth":"b","seat":null}"#)).berth == "b")
    for json in [
      #"{"name":"a"}"#, #"{"name":"a","seat":null}"#, #"{"name":"a","seat":4,"berth":"b"}"#,
    ] {
      let refused = problem { _ = try Passenger(reading: JSON(json)) }
      #expect(refused?.status == 400)
      #expect(refused?.detail == "seat or berth is required, one of the two.", "\(json)")
    }
  }

  /// A violation of a member is reported before a violation between members.
  @Test func violationsAreNamedBeforeMissingAlternatives() {
    for json in ["{}", #"{"name":"123456"}"#, #"{"name":1,"seat":4,"berth":"b"}"#] {
      let refused = problem { _ = try Passenger(reading: JSON(json)) }
      #expect(refused?.violations.map(\.location) == ["name"], "\(json)")
    }
    let refused = problem { _ = try Passenger(reading: JSON(#"{"name":"a","seat":0}"#)) }
    #expect(refused?.violations.map(\.location) == ["seat"])
  }

  @Test func anAbsentBodyIsAnEmptyOne() throws {
    #expect(try Request.post([]).optionalJSON(Remark.self).note == nil)
    #expect(problem { _ = try Request.post([]).optionalJSON(Adoption.self) }?.status == 400)
  }

  @Test(arguments: ["[]", "null", "\"a\"", "1"])
  func otherValuesThanObjectsAreRefused(json: String) {
    expectProblem(400, "The body must be a JSON object.") { _ = try adoption(json) }
  }

  @Test func theSchemaOfABodyIsWritten() {
    var writer = JSONWriter()
    Adoption.schema.writeDefinition(to: &writer)
    let text = writer.text
    #expect(text.contains(#""name":{"type":"string","minLength":1,"maxLength":5,"pattern":""#))
    #expect(text.contains(#""enum":["calm","cross"]"#))
    #expect(text.hasSuffix(#""required":["name"]}"#))
    #expect((try? JSON(text)) != nil)
  }

  @Test(arguments: [
    nil, "application/json", "Application/JSON; charset=utf-8", "application/x+json",
  ])
  func jsonBodiesAreRead(type: String?) throws {
    #expect(
      try Request.post(Array(#"{"name":"a"}"#.utf8), type: type).json(Adoption.self).name == "a")
  }

  @Test func otherMediaTypesAreRefused() {
    let refused = problem { _ = try Request.post([], type: "text/plain").json(Adoption.self) }
    #expect(refused?.status == 415)
  }
}
