internal import Imaging

/// Takes everything but the pixels out of a still WebP file.
///
/// libvips 8.14 writes EXIF and the colour profile even when it is told to strip them.
enum BareWebP {
  private static let firstChunk = 12
  private static let alphaFlag: UInt8 = 0x10

  /// The file with its pixels and their alpha alone; throws when there are no pixels in it.
  static func of(_ file: RawSpan) throws(DecodeFailure) -> [UInt8] {
    var chunks: [String: [UInt8]] = [:]
    var place = firstChunk
    while let size = file.little(UInt32.self, at: place + 4) {
      let whole = 8 + Int(size) + Int(size & 1)
      guard whole <= file.byteCount - place else { break }
      let chunk = file.extracting(place..<place + whole).withUnsafeBytes { Array($0) }
      chunks[String(decoding: chunk.prefix(4), as: UTF8.self)] = chunk
      place += whole
    }
    guard let pixels = chunks["VP8 "] ?? chunks["VP8L"] else { throw .damaged }
    guard let alpha = chunks["ALPH"], let extended = chunks["VP8X"] else { return riff(pixels) }
    // The header of the extended format, saying that there is alpha and nothing else.
    return riff(extended.prefix(8) + [alphaFlag] + extended.dropFirst(9) + alpha + pixels)
  }

  private static func riff(_ chunks: [UInt8]) -> [UInt8] {
    let size = 4 + chunks.count
    let length = stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: size >> $0) }
    return Array("RIFF".utf8) + length + Array("WEBP".utf8) + chunks
  }
}
