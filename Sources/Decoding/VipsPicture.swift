internal import CVips
internal import Glibc
internal import Imaging

/// One picture opened by libvips; the bytes must outlive it.
final class VipsPicture {
  private static let large = 4_000_000

  private let handle: OpaquePointer
  /// The owner of the pixels, when libvips did not read them.
  private let owner: AnyObject?
  let picture: Picture

  /// Reads the header of some frames, -1 for all; throws `refused` when it cannot be read.
  init(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, page: Int = 0, count: Int = 1,
    outline: Outline? = nil
  ) throws(DecodeFailure) {
    let part = cvips_part(page: Int32(page), count: Int32(count), shrink: 1)
    handle = try Self.open(bytes, type, part)
    owner = nil
    if let orientation = outline?.orientation { cvips_turn(handle, Int32(orientation)) }
    picture = Self.describe(handle, type, canvas: outline?.canvas)
  }

  /// Wraps pixels that are already decoded.
  init(_ bitmap: Bitmap) throws(DecodeFailure) {
    let samples = UnsafePointer(bitmap.samples.baseAddress)
    handle = try Self.wrap(samples, bitmap.width, bitmap.height, bitmap.bands)
    owner = bitmap
    picture = Self.describe(handle, .bmp)
  }

  /// The same for a page in its stored orientation.
  init(_ page: TIFFPixels, orientation: Int?) throws(DecodeFailure) {
    handle = try Self.wrap(page.samples, page.width, page.height, page.bands)
    owner = page
    if let orientation { cvips_turn(handle, Int32(orientation)) }
    picture = Self.describe(handle, .tiff)
  }

  /// Wraps a picture in memory that was made from another.
  private init(_ handle: OpaquePointer, of picture: Picture) {
    self.handle = handle
    self.picture = picture
    owner = nil
  }

  private static func wrap(
    _ samples: UnsafePointer<UInt8>?, _ width: Int, _ height: Int, _ bands: Int
  ) throws(DecodeFailure) -> OpaquePointer {
    let handle = cvips_wrap(samples, Int32(width), Int32(height), Int32(bands))
    guard let handle else { throw failure }
    return handle
  }

  deinit { cvips_close(handle) }

  private static func open(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, _ part: cvips_part
  ) throws(DecodeFailure) -> OpaquePointer {
    var part = part
    guard let format = format(type),
      let handle = cvips_open(bytes.baseAddress, bytes.count, format, &part)
    else { throw failure }
    return handle
  }

  private static func format(_ type: ImageType) -> cvips_format? {
    switch type {
    case .jpeg: cvips_jpeg
    case .png: cvips_png
    case .webp: cvips_webp
    case .tiff: cvips_tiff
    case .gif: cvips_gif
    case .bmp: nil
    }
  }

  private static func describe(
    _ handle: OpaquePointer, _ type: ImageType, canvas: (width: Int, height: Int)? = nil
  ) -> Picture {
    let width = canvas?.width ?? Int(cvips_width(handle))
    let height = canvas?.height ?? Int(cvips_height(handle))
    let said = Int(cvips_orientation(handle))
    let orientation = (1...8).contains(said) ? said : 1
    let lies = orientation >= 5
    return Picture(
      width: lies ? height : width, height: lies ? width : height, orientation: orientation,
      type: type, frames: max(1, Int(cvips_frames(handle))))
  }

  /// Declares that the sample after the colours is not alpha.
  func forgetAlpha() { cvips_forget_alpha(handle) }

  /// Decodes every pixel; throws `refused` at the first error.
  func decode() throws(DecodeFailure) {
    guard cvips_decode(handle) == 0 else { throw Self.failure }
  }

  /// The same for the only picture in a file, at a fraction of the cost where the format allows it:
  /// when it is shrunk, its stream is still read completely, and no later step can fail.
  func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) {
    let factor: Double? =
      switch picture.type {
      case .jpeg where min(picture.width, picture.height) >= 64: 8
      // A large WebP picture would be in memory three times.
      case .webp where picture.width * picture.height > Self.large: 4
      default: nil
      }
    guard let factor, let shrunk = try shrunk(bytes, by: factor) else { return try decode() }
    defer { cvips_close(shrunk) }
    guard cvips_decode(shrunk) == 0 else { throw Self.failure }
  }

  /// Decodes only what a plane of at least `side` by `side` pixels needs; not upright yet.
  func coloured(_ bytes: UnsafeRawBufferPointer, atLeast side: Int) throws(DecodeFailure)
    -> Coloured
  {
    let smaller = Double(min(picture.width, picture.height))
    let opened = try shrunk(bytes, by: smaller / Double(side))
    defer { if let opened { cvips_close(opened) } }
    return try Self.coloured(opened ?? handle, atLeast: side)
  }

  /// The same for a picture in memory.
  func coloured(atLeast side: Int) throws(DecodeFailure) -> Coloured {
    try Self.coloured(handle, atLeast: side)
  }

  private static func coloured(_ handle: OpaquePointer, atLeast side: Int) throws(DecodeFailure)
    -> Coloured
  {
    var (width, height, bands): (Int32, Int32, Int32) = (0, 0, 0)
    // Whole factors lose a remainder at the edge; at four times the side that is 0.4 %.
    let pixels = cvips_pixels(handle, Int32(side * 4), &width, &height, &bands)
    guard let pixels else { throw failure }
    defer { cvips_free(pixels) }
    let count = Int(width) * Int(height) * Int(bands)
    let samples = UnsafeBufferPointer(start: pixels, count: count)
    let plane = LumaPlane(
      samples: samples, bands: Int(bands), width: Int(width), height: Int(height))
    guard let plane else { throw .damaged }
    return Coloured(plane: plane, colour: bands == 3 ? Chroma.of(samples) : 0)
  }

  /// Decodes every pixel once, for likeness and previews; throws `refused` at the first error.
  func kept(_ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides) throws(DecodeFailure)
    -> VipsPicture
  {
    let larger = Double(max(picture.width, picture.height)) / Double(sides.large)
    let smaller = Double(min(picture.width, picture.height)) / Double(Likeness.side)
    let opened = try shrunk(bytes, by: min(larger, smaller))
    defer { if let opened { cvips_close(opened) } }
    let kept = cvips_keep(opened ?? handle, Int32(sides.large), Int32(Likeness.side))
    guard let kept else { throw Self.failure }
    return VipsPicture(kept, of: picture)
  }

  /// The previews of a picture in memory.
  func previews(_ sides: PreviewSides) throws(DecodeFailure) -> Previews {
    let longest = Double(max(picture.width, picture.height))
    let scale = min(1, Double(sides.large) / longest)
    var width = Int32(max(1, (Double(picture.width) * scale).rounded()))
    var height = Int32(max(1, (Double(picture.height) * scale).rounded()))
    guard let pixels = cvips_preview(handle, &width, &height) else { throw Self.failure }
    defer { cvips_free(pixels) }
    return try PlanarPicture.previews(of: pixels, width: width, height: height, sides)
  }

  /// The first frame, upright and in sRGB, as a square with three bytes per pixel.
  func square(of bytes: UnsafeRawBufferPointer, side: Int, isCropped: Bool) throws(DecodeFailure)
    -> [UInt8]
  {
    let smaller = Double(min(picture.width, picture.height))
    let opened = try shrunk(bytes, by: smaller / Double(side))
    defer { if let opened { cvips_close(opened) } }
    var length = 0
    let pixels = cvips_square(opened ?? handle, Int32(side), isCropped ? 1 : 0, &length)
    guard let pixels else { throw Self.failure }
    defer { cvips_free(pixels) }
    guard length == side * side * 3 else { throw .damaged }
    return Array(UnsafeBufferPointer(start: pixels, count: length))
  }

  /// The picture opened again and shrunk while it is decoded, at most by a factor; nil when the
  /// format cannot.
  private func shrunk(_ bytes: UnsafeRawBufferPointer, by factor: Double) throws(DecodeFailure)
    -> OpaquePointer?
  {
    // A thin picture must keep at least one pixel.
    let factor = min(factor, Double(min(picture.width, picture.height)))
    let shrink: Double? =
      switch picture.type {
      case .jpeg: [8, 4, 2].first { $0 <= factor }
      case .webp: factor > 1 ? factor : nil
      case .png, .tiff, .gif, .bmp: nil
      }
    guard let shrink else { return nil }
    return try Self.open(bytes, picture.type, cvips_part(page: 0, count: 1, shrink: shrink))
  }

  /// The sentence for an error of libvips.
  private static var failure: DecodeFailure {
    let reason = cvips_error().map { String(cString: $0).lowercased() } ?? ""
    if reason.contains("out of memory") {
      return .refused("The image needs too much memory to decode.")
    }
    // The file may be complete, but the library does not support this kind.
    let isUnknown = unsupported.contains(where: reason.contains)
    return .refused(
      isUnknown
        ? "This pixel format or compression is not supported."
        : DecodeFailure.damagedSentence)
  }

  private static let unsupported = [
    "unsupported", "not supported", "not implemented", "not configured", "samples out of range",
    "not a whole number of bytes",
  ]

  /// All metadata fields that are texts.
  var texts: [(name: String, value: String)] {
    guard let names = cvips_names(handle) else { return [] }
    defer { cvips_free_names(names) }
    var found: [(name: String, value: String)] = []
    var next = names
    while let name = next.pointee {
      if let value = cvips_text(handle, name) {
        found.append((String(cString: name), clipped(value)))
      }
      next += 1
    }
    return found
  }

  // A text may have many megabytes, but only prompts of some kilobytes are needed.
  private func clipped(_ text: UnsafePointer<CChar>) -> String {
    let bytes = UnsafeRawBufferPointer(start: text, count: strnlen(text, 64 << 10))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The ICC profile, valid as long as this object exists; nil without a profile.
  var profile: UnsafeRawBufferPointer? {
    var length = 0
    guard let start = cvips_blob(handle, "icc-profile-data", &length) else { return nil }
    return UnsafeRawBufferPointer(start: start, count: length)
  }

  /// The first megabyte of a binary metadata field.
  func blob(_ name: String) -> [UInt8] {
    var length = 0
    guard let start = cvips_blob(handle, name, &length) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: min(length, 1 << 20)))
  }
}
