internal import CCrypto
internal import CVips
package import Imaging

/// Decodes one file's bytes; only ever run inside assay-decode.
package enum Decoder {
  /// Starts libcrypto and libvips; false when it cannot.
  package static func start(program: String) -> Bool {
    // Its configuration could not be read once the process is confined.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1 && cvips_start(program) == 0
  }

  /// Does once what each child would do with its first picture: a loader's class, tables, symbols.
  ///
  /// Nothing is decoded, which would start threads, and a process with threads must not fork.
  package static func prepare() {
    // For each type the first bytes of a file, which the loader refuses.
    for (type, start) in beginnings {
      start.withUnsafeBytes { bytes in
        _ = try? Outline.checked(bytes.bytes, type, mostPixels: 1)
        _ = try? VipsPicture(bytes, type)
      }
    }
    cvips_prepare()
    cvips_clear()
  }

  private static let beginnings: [(ImageType, [UInt8])] = [
    (.jpeg, [0xff, 0xd8, 0xff, 0xd9]), (.png, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    (.webp, Array("RIFF\u{4}\0\0\0WEBP".utf8)), (.tiff, Array("II*\0\u{8}\0\0\0".utf8)),
    (.gif, Array("GIF89a".utf8)),
  ]

  /// Answers one request about one file; the bytes of a preview or a square go into `preview`.
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
      case .inspect:
        return .inspection(
          try read(bytes, type, request.pixels, outline) {
            source throws(DecodeFailure) in try inspect(source, bytes, outline)
          })
      case .preview(let longest):
        preview = try read(bytes, type, request.pixels, outline) {
          source throws(DecodeFailure) in try source.preview(of: bytes, longest: longest)
        }
        return .preview(size: preview.count)
      case .square(let side, let isCropped):
        guard (1...DecodeLimits.longestSquare).contains(side) else { throw .damaged }
        preview = try open(bytes, type, request.pixels, outline)
          .square(of: bytes, side: side, isCropped: isCropped)
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
    if type == .tiff { return try TIFFPages.decode(memory, mostPixels: pixels) }
    let source = try open(bytes, type, pixels, outline)
    // The libraries pass over frames at the end that they cannot read.
    guard source.picture.frames >= outline.frames else { throw .damaged }
    if source.picture.frames == 1 {
      try source.decode(bytes)
    } else {
      try Frames.decode(bytes, type, mostPixels: pixels)
    }
    return source.picture
  }

  private static func inspect(
    _ source: VipsPicture, _ bytes: UnsafeRawBufferPointer, _ outline: Outline
  ) throws(DecodeFailure) -> Inspection {
    let (coloured, rows) = try coloured(source, bytes)
    let plane = coloured.plane
    guard let likeness = plane.likeness(orientation: source.picture.orientation),
      let appearance = Appearance(likeness, colour: coloured.colour)
    else { throw .damaged }
    return Inspection(
      picture: source.picture.with(frames: outline.animated ?? outline.frames), likeness: likeness,
      appearance: appearance, rows: rows,
      hasPosition: Position.isSaid(in: source, bytes),
      declared: Statements.found(in: source, bytes))
  }

  private static func coloured(_ source: VipsPicture, _ bytes: UnsafeRawBufferPointer)
    throws(DecodeFailure) -> (Coloured, StoredRows?)
  {
    guard source.picture.type == .jpeg else {
      return (try source.coloured(bytes, atLeast: Likeness.side), nil)
    }
    let (coloured, rows) = try JPEGLuma.decodeColoured(bytes, atLeast: Likeness.side)
    if let coloured { return (coloured, rows) }
    return (try source.coloured(bytes, atLeast: Likeness.side), rows)
  }

  /// Does something with the first frame.
  private static func read<Result>(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, _ pixels: UInt64, _ outline: Outline,
    _ body: (VipsPicture) throws(DecodeFailure) -> Result
  ) throws(DecodeFailure) -> Result {
    switch type {
    case .bmp: try body(VipsPicture(Bitmap(bytes.bytes)))
    case .tiff: try TIFFPages.read(bytes, mostPixels: pixels, body)
    default: try body(open(bytes, type, pixels, outline))
    }
  }

  private static func open(
    _ bytes: UnsafeRawBufferPointer, _ type: ImageType, _ pixels: UInt64, _ outline: Outline
  ) throws(DecodeFailure) -> VipsPicture {
    let source = try VipsPicture(bytes, type, outline: outline)
    let picture = source.picture
    try Outline(mostPixels: pixels).checkSize(picture.width, picture.height)
    return source
  }
}
