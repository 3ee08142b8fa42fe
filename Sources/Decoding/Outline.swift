package import Imaging

/// The values in a file's headers and their limits; checked before a
/// decoder believes the same headers and reserves memory for them.
package struct Outline {
  /// Width times height, of one frame.
  private let mostPixels: UInt64
  /// Limits the length of a side; nil when only the pixels are limited.
  private let type: ImageType?
  /// The number of counted frames; 0 when they need not be counted.
  private(set) var frames = 0
  /// The size, when it replaces that of the decoder.
  var canvas: (width: Int, height: Int)?
  /// The number of frames, when the decoder reads only the first.
  var animated: Int?
  /// The EXIF orientation, when the decoder does not find it.
  var orientation: Int?
  private var pixels: UInt64 = 0

  init(mostPixels: UInt64, _ type: ImageType? = nil) {
    self.mostPixels = mostPixels
    self.type = type
  }

  /// Throws `tooLarge` or `refused` for a file that must not reach a decoder.
  @discardableResult
  package static func checked(
    _ bytes: RawSpan, _ type: ImageType, mostPixels: UInt64
  ) throws(DecodeFailure) -> Outline {
    var outline = Outline(mostPixels: mostPixels, type)
    switch type {
    case .jpeg: try JPEGOutline.check(bytes, outline)
    case .png:
      try checkPNG(bytes, outline)
      try PNGMetadata.check(bytes)
      outline.orientation = PNGMetadata.orientation(bytes)
      outline.animated = PNGMetadata.frames(bytes)
    case .webp: try WebPOutline.check(bytes, &outline)
    case .tiff: try TIFFOutline.check(bytes, &outline)
    case .gif: try GIFOutline.check(bytes, &outline)
    case .bmp:
      let header = try BMPHeader(bytes)
      try outline.add(header.width, header.height)
    }
    return outline
  }

  /// The decoder refuses sizes of more than 31 bits.
  private static func checkPNG(_ bytes: RawSpan, _ outline: Outline) throws(DecodeFailure) {
    guard let width = bytes.big(Int32.self, at: 16), width > 0,
      let height = bytes.big(Int32.self, at: 20), height > 0
    else { return }
    try outline.checkSize(Int(width), Int(height))
  }

  /// Throws `tooLarge` when one picture alone has too many pixels, `refused` when it is too long.
  func checkSize(_ width: Int, _ height: Int) throws(DecodeFailure) {
    guard width > 0, height > 0 else { throw .damaged }
    let (product, overflow) = UInt64(width).multipliedReportingOverflow(by: UInt64(height))
    guard !overflow, product <= mostPixels else { throw .tooLarge(width: width, height: height) }
    guard let type, max(width, height) > type.longestSide else { return }
    throw .refused(
      "The image is \(width) by \(height) pixels; a side of a \(type.name) image has at most "
        + "\(type.longestSide).")
  }

  /// Counts a frame; throws when it, or all frames together, are too large.
  mutating func add(_ width: Int, _ height: Int) throws(DecodeFailure) {
    try checkSize(width, height)
    frames += 1
    pixels += UInt64(width) * UInt64(height)
    guard frames <= DecodeLimits.frames else {
      throw .refused("The image has more than \(DecodeLimits.frames) frames.")
    }
    guard pixels / UInt64(DecodeLimits.pixelsOverFrames) <= mostPixels else {
      throw .refused("The image's frames together have too many pixels.")
    }
  }

  /// The maximum number of pixels of any part of one picture.
  var limit: UInt64 { mostPixels }
}

extension ImageType {
  /// The maximum width and height: libjpeg's limit, and those of the formats WebP and GIF.
  ///
  /// Longer pictures of the other types take libvips seconds, because it reads row by row.
  fileprivate var longestSide: Int {
    switch self {
    case .jpeg: 65_500
    case .webp: 16_383
    case .gif: 65_535
    case .png, .tiff, .bmp: 1_000_000
    }
  }
}

extension DecodeFailure {
  /// The refusal of a file that the decoder cannot read.
  package static let damaged = DecodeFailure.refused(damagedSentence)
  /// The sentence for an incomplete file.
  package static let damagedSentence = "The image is truncated or damaged."
}
