internal import Imaging

/// The colourfulness of RGB pixels: the same measure as that of `cjpeg_luma`.
enum Chroma {
  private static let most = Int(Appearance.mostColour)
  /// The maximum number of sampled pixels; more do not change the result.
  private static let sample = 1 << 14

  /// The distance of Cb or Cr (ITU-T T.871) from gray in all but 1 % of the pixels.
  static func of(_ samples: UnsafeBufferPointer<UInt8>) -> Double {
    let step = max(1, samples.count / 3 / sample)
    let few = samples.count / 3 / step / 100
    var counts = [Int](repeating: 0, count: most + 1)
    for start in stride(from: 0, to: samples.count - 2, by: 3 * step) {
      let red = Int(samples[start]), green = Int(samples[start + 1])
      let blue = Int(samples[start + 2])
      let blueness = (32768 * blue - 11059 * red - 21709 * green) / 65536
      let redness = (32768 * red - 27439 * green - 5329 * blue) / 65536
      counts[min(most, max(abs(blueness), abs(redness)))] += 1
    }
    var above = 0
    for level in stride(from: most, to: 0, by: -1) {
      above += counts[level]
      if above > few { return Double(level) }
    }
    return 0
  }
}
