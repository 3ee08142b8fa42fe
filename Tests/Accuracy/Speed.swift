internal import Decoding
internal import Glibc
internal import Imaging

/// CPU milliseconds per picture, for decoding alone and for our own steps.
enum Speed {
  private static let rounds = 9

  static func show(_ folder: String) {
    let pictures = files(in: folder).compactMap { contents("\(folder)/\($0)") }
    var times: [String: [Double]] = [:]
    // Take turns, so that other load on the machine affects all alike.
    for _ in 0..<rounds {
      times["limit", default: []].append(measure(pictures) { _ in })
      times["hash", default: []].append(measure(pictures) { sink(PerceptualHash.of($0)) })
      times["likeness", default: []].append(
        measure(pictures) { sink($0.likeness(orientation: 1)?.whole) })
    }
    for (name, figures) in times.sorted(by: { $0.key < $1.key }) {
      print(name, figures.min() ?? 0)
    }
  }

  private static func measure(_ pictures: [[UInt8]], _ step: (LumaPlane) -> Void) -> Double {
    let began = processorSeconds()
    for bytes in pictures {
      guard let plane = bytes.withUnsafeBytes({ try? JPEGLuma.decode($0, atLeast: Likeness.side) })
      else { continue }
      step(plane)
    }
    return (processorSeconds() - began) * 1000 / Double(max(1, pictures.count))
  }

  /// Uses the value, so that the optimiser does not remove its computation.
  @inline(never)
  private static func sink(_: Fingerprint?) {}
}

/// CPU seconds of comparing all pairs of generated fingerprints.
enum AllPairs {
  static func show(_ count: Int) {
    var chance = SystemRandomNumberGenerator()
    let likenesses = (0..<count).compactMap { _ in
      let bytes = (0..<Likeness.windowsSize / 8).flatMap { _ in
        withUnsafeBytes(of: chance.next()) { Array($0) }
      }
      return Likeness(
        whole: Fingerprint((0..<4).map { _ in chance.next() }), windows: bytes,
        luma: [UInt8](repeating: 0, count: Likeness.side * Likeness.side))
    }
    var search = Search(likenesses)
    let began = processorSeconds()
    let near = search.count()
    print("pairs", processorSeconds() - began)
    print("near", near)
  }
}
