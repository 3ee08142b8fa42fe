import Imaging
import Testing

@Suite struct PacketTests {
  private static let picture = Picture(width: 3, height: 4, orientation: 6, type: .png, frames: 1)
  private static let inspection = Inspection(
    picture: picture, fingerprint: Fingerprint(1, 2, 3, .max), texture: 12.5,
    declared: [Declared(field: "png:prompt", value: "é")])

  static let answers: [DecodeAnswer] = [
    .ready, .picture(picture), .inspection(inspection), .refused("No."),
    .tooLarge(width: 60_000, height: 1), .preview(size: 7),
  ]

  @Test(arguments: answers) func answersArrive(_ answer: DecodeAnswer) {
    #expect(DecodeAnswer(packet: answer.packet) == answer)
    #expect(DecodeAnswer(packet: answer.packet + [0]) == nil)
    for length in 0..<answer.packet.count {
      #expect(DecodeAnswer(packet: Array(answer.packet.prefix(length))) == nil)
    }
  }

  @Test func theLongestAnswerFits() {
    let statement = Declared(
      field: String(repeating: "f", count: 100), value: String(repeating: "v", count: 1000))
    let longest = Inspection(
      picture: Self.picture, fingerprint: Fingerprint(0, 0, 0, 0), texture: 0,
      declared: Array(repeating: statement, count: DecodeAnswer.mostDeclared))
    let packet = DecodeAnswer.inspection(longest).packet
    #expect(packet.count <= DecodeAnswer.longest)
    #expect(DecodeAnswer(packet: packet) == .inspection(longest))
  }

  /// A child that was taken over may answer anything.
  @Test(arguments: [0, 9, 0xff] as [UInt8]) func impossibleValuesAreNoAnswer(_ value: UInt8) {
    let packet = DecodeAnswer.picture(Self.picture).packet
    var noType = packet
    noType[1] = value | 8
    #expect(DecodeAnswer(packet: noType) == nil)
    for size in [0, DecodeAnswer.largestPreview + 1] {
      #expect(DecodeAnswer(packet: DecodeAnswer.preview(size: size).packet) == nil)
    }
    var noOrientation = packet
    noOrientation[2] = value
    #expect(DecodeAnswer(packet: noOrientation) == nil)
  }

  static let tasks: [DecodeRequest.Task] =
    ImageType.allCases.map { .verify($0) } + [.inspect, .verify(nil), .preview(longest: 320)]

  @Test(arguments: tasks)
  func requestsArrive(_ task: DecodeRequest.Task) {
    let limits = DecodeLimits(pixels: 7, cpuSeconds: 8, wallMilliseconds: 9000)
    let request = DecodeRequest(task, limits)
    #expect(DecodeRequest(packet: request.packet) == request)
    #expect(DecodeRequest(packet: request.packet.dropLast()) == nil)
  }
}
