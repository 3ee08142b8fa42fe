import Support
import Testing

/// Makes real files from the pictures of `Pictures` with libvips.
enum Images {
  /// A JPEG of a picture, enlarged by a factor.
  static func jpeg(
    of png: [UInt8], scale: Double = 4, quality: Int = 90, _ instance: Instance
  ) throws -> String {
    let source = try instance.file(png)
    let target = source + ".jpg"
    try vips(["resize", source, "\(target)[Q=\(quality)]", "\(scale)"])
    return target
  }

  /// The same picture in another size and quality.
  static func recompressed(_ path: String) throws -> String {
    let target = path + ".again.jpg"
    try vips(["resize", path, "\(target)[Q=60]", "0.8"])
    return target
  }

  /// A PNG of noise, which is hardly compressed: slightly more than `bytes` bytes.
  static func large(bytes: Int, _ instance: Instance) throws -> String {
    let base = try instance.file([])
    let side = Int(Double(bytes).squareRoot()) + 1
    try vips(["gaussnoise", "\(base).v", "\(side)", "\(side)"])
    try vips(["cast", "\(base).v", "\(base).png[compression=0]", "uchar"])
    return base + ".png"
  }

  private static func vips(_ words: [String]) throws {
    let finished = try Program.run(["vips"] + words)
    try #require(finished.code == 0, "\(finished.errors)")
  }
}
