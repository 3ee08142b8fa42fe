internal import CVips
package import Imaging

/// Decodes one file's bytes; only ever run inside assay-decode.
package enum Decoder {
  /// Starts libvips; false when it cannot.
  package static func start(program: String) -> Bool { cvips_start(program) == 0 }

  /// Answers one request about one file; a preview's bytes go into `preview`.
  ///
  /// The memory must be this process's own: it may be written to.
  package static func answer(
    _ request: DecodeRequest, about memory: UnsafeMutableRawBufferPointer, preview: inout [UInt8]
  ) -> DecodeAnswer {
    let bytes = UnsafeRawBufferPointer(memory)
    defer { cvips_clear() }
    do throws(DecodeFailure) {
      let type = try Signature.type(of: bytes.bytes)
      if case .verify(let expected?) = request.task, expected != type {
        throw .refused("The file is a \(type.name) image, not a \(expected.name) image.")
      }
      let outline = try Outline.checked(bytes.bytes, type, mostPixels: request.pixels)
      switch request.task {
      case .verify: return .picture(try verify(memory, type, request.pixels, outline))
      case .inspect: return .inspection(try inspect(bytes, type, request.pixels, outline))
      case .preview(let longest):
        preview = try open(bytes, type, request.pixels, outline)
          .preview(of: bytes, longest: longest)
        return .preview(size: preview.count)
      }
    } catch {
      switch error {
      case .tooLarge(let width, let height): return .tooLarge(width: width, height: height)
      case .refused(let sentence): return .refused(sentence)
      case .crashed, .timedOut, .unavailable: return .refused(DecodeFailure.damagedSentence)
      }
    }
  }

  private static func verify(
    _ memory: UnsafeMutableRawBufferPointer, _ type: ImageType, _ pixels: UInt64,
    _ outline: Outline
  ) throws(DecodeFailure) -> Picture {
    let bytes = UnsafeRawBufferPointer(memory)
    if type == .bmp { return try Bitmap.check(bytes.bytes) }
    let source = try open(bytes, type, pixels, outline)
    // The libraries pass over frames at the end that they cannot read.
    guard source.picture.frames >= outline.frames else { throw .damaged }
    switch (source.picture.frames, type) {
    case (1, _): try source.decode(bytes)
    case (_, .tiff): try TIFFPages.decode(memory, mostPixels: pixels)
    default: try Frames.decode(bytes, type, mostPixels: pixels)
    }
    return source.picture
  }

  private static func inspect(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, _ pixels: UInt64, _ outline: Outline
  ) throws(DecodeFailure) -> Inspection {
    let source = try open(bytes, type, pixels, outline)
    let plane = try source.luma(of: bytes, atLeast: PerceptualHash.side)
      .averaged(to: PerceptualHash.side)
      .upright(from: source.picture.orientation)
    return Inspection(
      picture: source.picture, fingerprint: PerceptualHash.of(plane), texture: plane.deviation,
      declared: Statements.found(in: source, bytes))
  }

  /// The first frame.
  private static func open(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, _ pixels: UInt64, _ outline: Outline
  ) throws(DecodeFailure) -> VipsPicture {
    if type == .bmp { return try VipsPicture(Bitmap(bytes.bytes)) }
    let source = try VipsPicture(bytes, type, outline: outline)
    let picture = source.picture
    try Outline(mostPixels: pixels).checkSize(picture.width, picture.height)
    return source
  }
}
