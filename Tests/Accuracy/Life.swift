internal import Cryptography
internal import Decoding
internal import Glibc
internal import Imaging

/// Measures the CPU milliseconds of a picture from its upload to its previews.
///
/// SHA-256, verification, inspection and both previews, in one request to the decoder.
enum Life {
  private static let task = DecodeRequest.Task.examine(
    nil, PreviewSides(large: 1280, small: 320))

  static func show(_ path: String) {
    guard Decoder.start(program: "Accuracy") else { return }
    Decoder.prepare()
    // The first run makes tables that a decoder's process already has.
    _ = milliseconds(path)
    guard let spent = milliseconds(path) else { return print("refused") }
    print(spent)
  }

  private static func milliseconds(_ path: String) -> Double? {
    let began = processorSeconds()
    guard hash(path) else { return nil }
    var files: [[UInt8]] = []
    let answer = mapped(path) { memory in
      Decoder.answer(DecodeRequest(task, DecodeLimits()), about: memory, files: &files)
    }
    guard let answer else { return nil }
    if case .refused = answer { return nil }
    return (processorSeconds() - began) * 1000
  }

  private static func hash(_ path: String) -> Bool {
    let sum = SHA256()
    return mapped(path) { sum.update(UnsafeRawBufferPointer($0)) } != nil
  }

  /// Maps a file as a decoder's process does; nil when that fails.
  private static func mapped<Answer>(
    _ path: String, _ body: (UnsafeMutableRawBufferPointer) -> Answer
  ) -> Answer? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_size > 0 else { return nil }
    let size = Int(facts.st_size)
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { return nil }
    defer { munmap(start, size) }
    return body(UnsafeMutableRawBufferPointer(start: start, count: size))
  }
}
