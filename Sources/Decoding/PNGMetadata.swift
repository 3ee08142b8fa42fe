package import Imaging

/// Limits the inflated size of a PNG file's compressed metadata, before libpng inflates it.
///
/// libpng limits each chunk, but not their number: 26 MB of chunks cost 20 seconds and 4 GB.
package enum PNGMetadata {
  private static let signatureSize = 8
  /// Deflate compresses at most 1,032 to 1.
  private static let mostInflation = 1032
  /// libpng's limit for one chunk, as libvips sets it.
  private static let mostPerChunk = 50 << 20
  private static let mostTogether = 256 << 20
  /// The length of an animation's control chunk in bytes.
  private static let animationSize = 8

  /// Throws `refused` when all chunks together could exceed the limit, and for a chunk before
  /// the pixels that is declared longer than the file: libvips would request each of its bytes.
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
        throw .refused("The image has too much compressed metadata.")
      }
      if bytes.hasBytes("IDAT".utf8, at: place + 4) { isBeforePixels = false }
      guard !isBeforePixels || place + 12 + Int(length) <= bytes.byteCount else { throw .damaged }
      place += 12 + Int(length)
    }
  }

  /// The orientation in the EXIF chunk.
  static func orientation(_ bytes: RawSpan) -> Int? {
    chunk("eXIf", bytes).flatMap { TIFFLayout.orientation(bytes.extracting($0)) }
  }

  /// Whether the EXIF chunk has a geographic position.
  static func hasPosition(_ bytes: RawSpan) -> Bool {
    chunk("eXIf", bytes).map { TIFFLayout.hasPosition(bytes.extracting($0)) } ?? false
  }

  /// The number of an animation's frames (libpng reads only the first); nil for a still picture.
  ///
  /// A chunk of another length, or a number outside 1…2^31-1, is ignored (PNG, 11.3.5.1).
  static func frames(_ bytes: RawSpan) -> Int? {
    guard let place = chunk("acTL", bytes), place.count == animationSize,
      let frames = bytes.big(UInt32.self, at: place.lowerBound).map({ Int($0) }),
      (1...Picture.mostFrames).contains(frames)
    else { return nil }
    return frames
  }

  /// The data of the first chunk with a name, which may be after the pixels, where libvips
  /// does not read.
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
