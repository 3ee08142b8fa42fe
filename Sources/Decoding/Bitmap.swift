package import Imaging

/// The pixels of a BMP file: the loader of libvips for BMP stays blocked.
package final class Bitmap {
  /// Pixels across, at least 1.
  package let width: Int
  /// Pixels down, at least 1.
  package let height: Int
  /// 3 for red, green, blue; 4 with alpha.
  package let bands: Int
  /// Lives as long as the bitmap does.
  let samples: UnsafeMutableBufferPointer<UInt8>

  /// A copy of all pixels, row by row from the top, `bands` bytes each.
  package var bytes: [UInt8] { Array(samples) }

  deinit { samples.deallocate() }

  /// Decodes a whole file, whose size was checked; throws `refused` at the first error.
  package init(_ bytes: RawSpan) throws(DecodeFailure) {
    let header = try BMPHeader(bytes)
    let rows = try BMPRows(bytes, header)
    (width, height, bands) = (header.width, header.height, rows.bands)
    samples = .allocate(capacity: width * height * bands)
    samples.initialize(repeating: 0)
    var output = samples.mutableSpan
    for row in 0..<height {
      let stored = header.isTopDown ? row : height - 1 - row
      rows.write(stored, of: bytes, into: &output, at: row * width * bands)
    }
  }

  /// Whether all pixels are there: the checks of `init`, without its memory.
  package static func check(_ bytes: RawSpan) throws(DecodeFailure) -> Picture {
    let header = try BMPHeader(bytes)
    _ = try BMPRows(bytes, header)
    return Picture(
      width: header.width, height: header.height, orientation: 1, type: .bmp, frames: 1)
  }
}

/// The stored rows without run-length coding, and the conversion of a row to colours.
private struct BMPRows {
  private let header: BMPHeader
  private let indices: [UInt8]?
  let bands: Int

  init(_ bytes: RawSpan, _ header: BMPHeader) throws(DecodeFailure) {
    self.header = header
    if case .runs = header.coding {
      indices = try BMPRuns.indices(bytes, header)
    } else {
      indices = nil
      // The padding of the last row may be missing.
      let lastRow = (header.width * header.bitsPerPixel + 7) / 8
      let size = header.rowSize * (header.height - 1) + lastRow
      guard size <= bytes.byteCount - header.pixels else { throw .damaged }
    }
    if case .channels(let channels) = header.coding { bands = channels.count } else { bands = 3 }
  }

  func write(
    _ row: Int, of bytes: RawSpan, into output: inout MutableSpan<UInt8>, at start: Int
  ) {
    let place = header.pixels + row * header.rowSize
    switch header.coding {
    case .runs:
      for x in 0..<header.width {
        put(indices?[row * header.width + x] ?? 0, into: &output, at: start + x * 3)
      }
    case .palette:
      for x in 0..<header.width { put(index(x, bytes, place), into: &output, at: start + x * 3) }
    case .bytes(let count):
      for x in 0..<header.width {
        for channel in 0..<3 {
          output[start + x * 3 + channel] =
            bytes.little(UInt8.self, at: place + x * count + 2 - channel) ?? 0
        }
      }
    case .channels(let channels):
      writeChannels(channels, of: bytes, at: place, into: &output, at: start)
    }
  }

  private func index(_ x: Int, _ bytes: RawSpan, _ place: Int) -> UInt8 {
    let bits = header.bitsPerPixel
    let byte = bytes.little(UInt8.self, at: place + x * bits / 8) ?? 0
    let shift = 8 - bits - x * bits % 8
    return byte >> UInt8(shift) & UInt8(1 << bits - 1)
  }

  private func put(_ index: UInt8, into output: inout MutableSpan<UInt8>, at place: Int) {
    for channel in 0..<3 {
      output[place + channel] = header.palette.colours[Int(index) * 3 + channel]
    }
  }

  private func writeChannels(
    _ channels: BMPChannels, of bytes: RawSpan, at place: Int,
    into output: inout MutableSpan<UInt8>, at start: Int
  ) {
    let isWide = header.bitsPerPixel == 32
    for x in 0..<header.width {
      let pixel =
        isWide
        ? bytes.little(UInt32.self, at: place + x * 4)
        : bytes.little(UInt16.self, at: place + x * 2).map { UInt32($0) }
      for channel in 0..<bands {
        output[start + x * bands + channel] = channels.value(channel, of: pixel ?? 0)
      }
    }
  }
}
