internal import Cryptography
internal import Decoding
internal import Glibc
internal import Imaging

/// Measures the CPU milliseconds of a picture from its upload to its previews.
///
/// SHA-256, verification, inspection and both previews: in one request to the decoder and, as in
/// earlier versions, in three.
enum Life {
  private static let sides = PreviewSides(large: 1280, small: 320)
  private static let requests: [(name: String, tasks: [DecodeRequest.Task])] = [
    ("one", [.examine(nil, sides)]), ("three", [.verify(nil), .inspect, .previews(sides)]),
  ]

  static func show(_ path: String) {
    guard Decoder.start(program: "Accuracy"), let bytes = contents(path) else { return }
    Decoder.prepare()
    // The first run makes tables that a decoder's process already has.
    for (_, tasks) in requests { _ = milliseconds(bytes, tasks) }
    for (name, tasks) in requests {
      guard let spent = milliseconds(bytes, tasks) else { return print("refused") }
      print(name, spent)
    }
  }

  private static func milliseconds(_ bytes: [UInt8], _ tasks: [DecodeRequest.Task]) -> Double? {
    let began = processorSeconds()
    _ = SHA256.digest(bytes)
    for task in tasks {
      // The bytes are copied, because a decoder reads pages of its own.
      var memory = bytes
      var files: [[UInt8]] = []
      let answer = memory.withUnsafeMutableBytes { memory in
        Decoder.answer(DecodeRequest(task, DecodeLimits()), about: memory, files: &files)
      }
      if case .refused = answer { return nil }
    }
    return (processorSeconds() - began) * 1000
  }
}
