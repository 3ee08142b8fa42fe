import Imaging
import Testing

@Suite struct PacketTests {
  private static let picture = Picture(width: 3, height: 4, orientation: 6, type: .png, frames: 1)
  private static let appearance = Appearance(
    sharpness: nil, shadow: 0.25, highlight: 1, entropy: 8, colour: 16)
  private static func inspections(_ declared: [Declared]) -> [Inspection] {
    let windows = [UInt8](repeating: 7, count: Likeness.windowsSize)
    let luma = [UInt8](repeating: 200, count: Likeness.side * Likeness.side)
    let likeness = Likeness(whole: Fingerprint(1, 2, 3, .max), windows: windows, luma: luma)
    return [likeness].compactMap(\.self).map {
      Inspection(
        picture: picture, likeness: $0, appearance: appearance,
        rows: StoredRows(all: 480, missing: 9), hasPosition: true,
        declared: declared)
    }
  }

  static let answers: [DecodeAnswer] = [
    .ready, .picture(picture), .refused("No."), .tooLarge(width: 60_000, height: 1),
    .square(size: 7), .previews(Previews.Lengths(large: 9, small: 7)),
    .examined(
      Examination(
        picture: picture, inspection: .failure(.refused("No.")),
        previews: .success(Previews.Lengths(large: 9, small: 7)))),
    .examined(
      Examination(
        picture: picture, inspection: .failure(.refused("No.")), previews: .failure(.refused("é")))),
  ]

  /// A truncated packet is not an answer; every hundredth length is tested.
  @Test func inspectionsSurviveTransport() throws {
    let found = try #require(
      Self.inspections([Declared(field: "png:prompt", value: "é")]).first)
    let packet = DecodeAnswer.inspection(found).packet
    #expect(DecodeAnswer(packet: packet) == .inspection(found))
    for length in stride(from: 0, to: packet.count, by: 100) {
      #expect(DecodeAnswer(packet: Array(packet.prefix(length))) == nil)
    }
  }

  @Test(arguments: answers) func answersSurviveTransport(_ answer: DecodeAnswer) {
    #expect(DecodeAnswer(packet: answer.packet) == answer)
    #expect(DecodeAnswer(packet: answer.packet + [0]) == nil)
    for length in 0..<answer.packet.count {
      #expect(DecodeAnswer(packet: Array(answer.packet.prefix(length))) == nil)
    }
  }

  @Test(arguments: ["a\nb", "\u{1B}[2J", "\u{202E}gnp", "\u{2028}", "\u{E000}"])
  func aSentenceHasNoControlCharacters(_ text: String) {
    #expect(DecodeAnswer(packet: DecodeAnswer.refused(text).packet) == nil)
    let found = Examination<Previews.Lengths>(
      picture: Self.picture, inspection: .failure(.refused(text)),
      previews: .failure(.refused("No.")))
    #expect(DecodeAnswer(packet: DecodeAnswer.examined(found).packet) == nil)
  }

  @Test func anAnswerWithTooManyStatementsIsNone() throws {
    let none = try #require(Self.inspections([]).first)
    let one = try #require(Self.inspections([Declared(field: "f", value: "v")]).first)
    // The last byte without statements is their number.
    let head = DecodeAnswer.inspection(none).packet.dropLast()
    let statement = DecodeAnswer.inspection(one).packet.dropFirst(head.count + 1)
    for (count, isRead) in [(64, true), (65, false)] {
      let packet = head + [UInt8(count)] + (0..<count).flatMap { _ in statement }
      #expect((DecodeAnswer(packet: Array(packet)) != nil) == isRead)
    }
  }

  @Test func theLongestAnswerFits() throws {
    let statement = Declared(
      field: String(repeating: "f", count: 100), value: String(repeating: "v", count: 1000))
    let statements = Array(repeating: statement, count: DecodeAnswer.mostDeclared)
    let longest = try #require(Self.inspections(statements).first)
    let lengths = Previews.Lengths(large: 9, small: 7)
    let examined = Examination(
      picture: Self.picture, inspection: .success(longest), previews: .success(lengths))
    for answer: DecodeAnswer in [.inspection(longest), .examined(examined)] {
      #expect(answer.packet.count <= DecodeAnswer.longest)
      #expect(DecodeAnswer(packet: answer.packet) == answer)
    }
  }

  /// A compromised child may send any answer.
  @Test(arguments: [0, 9, 0xff] as [UInt8]) func impossibleValuesAreRefused(_ value: UInt8) {
    let packet = DecodeAnswer.picture(Self.picture).packet
    var noType = packet
    noType[1] = value | 8
    #expect(DecodeAnswer(packet: noType) == nil)
    for size in [0, DecodeAnswer.largestFile + 1] {
      let lengths = [
        Previews.Lengths(large: size, small: 1), Previews.Lengths(large: 1, small: size),
      ]
      for answer in [.square(size: size)] + lengths.map({ DecodeAnswer.previews($0) }) {
        #expect(DecodeAnswer(packet: answer.packet) == nil)
      }
    }
    var noOrientation = packet
    noOrientation[2] = value
    #expect(DecodeAnswer(packet: noOrientation) == nil)
  }

  static let tasks: [DecodeRequest.Task] =
    ImageType.allCases.flatMap { [.verify($0), .examine($0, sides)] }
    + [
      .inspect, .verify(nil), .examine(nil, sides), .previews(sides),
      .square(side: 224, isCropped: true),
    ]
  private static let sides = PreviewSides(large: 1280, small: 320)

  @Test(arguments: tasks)
  func requestsSurviveTransport(_ task: DecodeRequest.Task) {
    let limits = DecodeLimits(pixels: 7, cpuSeconds: 8, wallMilliseconds: 9000)
    let request = DecodeRequest(task, limits)
    #expect(DecodeRequest(packet: request.packet) == request)
    #expect(DecodeRequest(packet: request.packet.dropLast()) == nil)
  }
}
