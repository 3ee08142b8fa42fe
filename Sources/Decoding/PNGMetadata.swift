package import Imaging

/// Bounds what a PNG file's compressed metadata can inflate to, before libpng inflates it all.
///
/// libpng limits each chunk, but not their number: 26 MB of chunks cost 20 seconds and 4 GB.
package enum PNGMetadata {
  private static let signatureSize = 8
  /// Deflate reaches 1,032 to 1.
  private static let mostInflation = 1032
  /// Where libvips has libpng stop within one chunk.
  private static let mostPerChunk = 50 << 20
  private static let mostTogether = 256 << 20
  /// The bytes that an animation's control chunk holds.
  private static let animationSize = 8

  /// Throws `refused` when all chunks together could inflate beyond the limit, and for one before
  /// the pixels that says it is longer than the file: libvips would ask for each byte of it.
  package static func check(_ bytes: RawSpan) throws(DecodeFailure) {
    var place = signatureSize
    var together = 0
    var isBeforePixels = true
    while let length = bytes.big(UInt32.self, at: place), place + 8 <= bytes.byteCount {
      if isCompressed(bytes, at: place + 4, length: Int(length)) {
        let size = min(Int(length), bytes.byteCount - place - 8)
        together += min(size * mostInflation, mostPerChunk)
      }
      guard together <= mostTogether else {
        throw .refused("The image carries too much compressed metadata.")
      }
      if bytes.hasBytes("IDAT".utf8, at: place + 4) { isBeforePixels = false }
      guard !isBeforePixels || place + 12 + Int(length) <= bytes.byteCount else { throw .damaged }
      place += 12 + Int(length)
    }
  }

  /// The orientation that the EXIF chunk says.
  static func orientation(_ bytes: RawSpan) -> Int? {
    chunk("eXIf", bytes).flatMap { TIFFLayout.orientation(bytes.extracting($0)) }
  }

  /// Whether the EXIF chunk says where the picture was taken.
  static func hasPosition(_ bytes: RawSpan) -> Bool {
    chunk("eXIf", bytes).map { TIFFLayout.hasPosition(bytes.extracting($0)) } ?? false
  }

  /// The number of an animation's frames, of which libpng reads the first; nil for a still picture.
  ///
  /// A chunk of another length, or a number outside 1…2^31-1, makes no animation (PNG, 11.3.5.1).
  static func frames(_ bytes: RawSpan) -> Int? {
    guard let place = chunk("acTL", bytes), place.count == animationSize,
      let frames = bytes.big(UInt32.self, at: place.lowerBound).map({ Int($0) }),
      (1...Picture.mostFrames).contains(frames)
    else { return nil }
    return frames
  }

  /// Where the first chunk of a name has its data; it may stand behind the pixels, where libvips
  /// does not look.
  private static func chunk(_ name: String, _ bytes: RawSpan) -> Range<Int>? {
    Segments.ofPNG(bytes).first { $0.name == name }?.content
  }

  private static func isCompressed(_ bytes: RawSpan, at name: Int, length: Int) -> Bool {
    if bytes.hasBytes("zTXt".utf8, at: name) || bytes.hasBytes("iCCP".utf8, at: name) {
      return true
    }
    guard bytes.hasBytes("iTXt".utf8, at: name) else { return false }
    // A keyword of at most 79 bytes, NUL, and the flag.
    let end = (name + 4..<name + 84).first { bytes.little(UInt8.self, at: $0) == 0 }
    guard let end, end + 1 < name + 4 + length else { return true }
    return bytes.little(UInt8.self, at: end + 1) != 0
  }
}
