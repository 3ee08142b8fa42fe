internal import Imaging

/// Checks a WebP file's chunks: the canvas of an animation may have 2^24 by 2^24 pixels, and every
/// frame is composed on the whole canvas.
enum WebPOutline {
  private static let firstChunk = 12
  /// The minimum length of a canvas chunk and of a frame chunk, in bytes.
  private static let (canvasSize, frameSize): (UInt32, UInt32) = (10, 16)

  static func check(_ bytes: RawSpan, _ outline: inout Outline) throws(DecodeFailure) {
    guard let length = bytes.little(UInt32.self, at: 4), Int(length) + 8 <= bytes.byteCount else {
      throw .damaged
    }
    var place = firstChunk
    var canvas = (width: 1, height: 1)
    while place + 8 <= Int(length) + 8, let size = bytes.little(UInt32.self, at: place + 4) {
      if bytes.hasBytes("VP8X".utf8, at: place) {
        guard size >= canvasSize, let width = long24(bytes, place + 12),
          let height = long24(bytes, place + 15)
        else {
          throw .damaged
        }
        canvas = (width + 1, height + 1)
        try outline.checkSize(canvas.width, canvas.height)
      } else if bytes.hasBytes("ANMF".utf8, at: place) {
        guard size >= frameSize, let width = long24(bytes, place + 14),
          let height = long24(bytes, place + 17)
        else {
          throw .damaged
        }
        try outline.add(max(canvas.width, width + 1), max(canvas.height, height + 1))
      }
      place += 8 + Int(size) + Int(size & 1)
    }
  }

  private static func long24(_ bytes: RawSpan, _ place: Int) -> Int? {
    guard let low = bytes.little(UInt16.self, at: place),
      let high = bytes.little(UInt8.self, at: place + 2)
    else { return nil }
    return Int(high) << 16 | Int(low)
  }
}
