internal import Imaging

/// One file whose headers are within the limits, and the answers about it.
struct DecodedFile {
  private let memory: UnsafeMutableRawBufferPointer
  private let type: ImageType
  private let mostPixels: UInt64
  private let outline: Outline

  /// Throws `tooLarge` or `refused` for a file that must not reach a decoder.
  init(
    _ memory: UnsafeMutableRawBufferPointer, _ type: ImageType, mostPixels: UInt64
  ) throws(DecodeFailure) {
    self.memory = memory
    self.type = type
    self.mostPixels = mostPixels
    outline = try Outline.checked(
      UnsafeRawBufferPointer(memory).bytes, type, mostPixels: mostPixels)
  }

  private var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  /// Does one task; the bytes that follow the answer are added to `files`.
  func answer(_ task: DecodeRequest.Task, _ files: inout [[UInt8]]) throws(DecodeFailure)
    -> DecodeAnswer
  {
    switch task {
    case .verify: return .picture(try verify())
    case .inspect: return .inspection(try read(inspect))
    case .previews(let sides):
      let previews = try read { source throws(DecodeFailure) in
        try FirstFrame(source, bytes, sides).previews(sides)
      }
      files = [previews.large, previews.small]
      return .previews(previews.lengths)
    case .square(let side, let isCropped):
      guard (1...DecodeLimits.longestSquare).contains(side) else { throw .damaged }
      let pixels = try open().square(of: bytes, side: side, isCropped: isCropped)
      files = [pixels]
      return .square(size: pixels.count)
    case .examine(_, let sides):
      let found = try examine(sides)
      if let previews = try? found.previews.get() { files = [previews.large, previews.small] }
      return .examined(found.with(found.previews.map(\.lengths)))
    }
  }

  private func verify() throws(DecodeFailure) -> Picture {
    if type == .bmp { return try Bitmap.check(bytes.bytes) }
    if type == .tiff {
      return try TIFFPages.decode(memory, mostPixels: mostPixels) { page throws(DecodeFailure) in
        try page.decode()
      }
    }
    let source = try openAll()
    if source.picture.frames == 1 {
      try source.decode(bytes)
    } else {
      try Frames.decode(bytes, type, mostPixels: mostPixels)
    }
    return source.picture
  }

  private func inspect(_ source: VipsPicture) throws(DecodeFailure) -> Inspection {
    guard type == .jpeg else {
      return try Inspection(
        source.coloured(bytes, atLeast: Likeness.side), rows: nil, of: source, bytes, outline)
    }
    let (coloured, rows) = try JPEGLuma.decodeColoured(bytes, atLeast: Likeness.side)
    if let coloured { return try Inspection(coloured, rows: rows, of: source, bytes, outline) }
    return try Inspection(
      source.coloured(bytes, atLeast: Likeness.side), rows: rows, of: source, bytes, outline)
  }

  /// Verifies the file; inspection and previews share its first frame, which is decoded once.
  private func examine(_ sides: PreviewSides) throws(DecodeFailure) -> Examination<Previews> {
    let (picture, frame) = try verifiedFrame(sides)
    return Examination(
      picture: picture,
      inspection: Result { () throws(DecodeFailure) in
        try frame.get().inspection(bytes, outline)
      },
      previews: Result { () throws(DecodeFailure) in try frame.get().previews(sides) })
  }

  private func verifiedFrame(_ sides: PreviewSides) throws(DecodeFailure) -> (
    Picture, Result<FirstFrame, DecodeFailure>
  ) {
    switch type {
    case .bmp:
      let source = try VipsPicture(Bitmap(bytes.bytes))
      return (source.picture, .success(try FirstFrame(source, bytes, sides)))
    case .tiff: return try firstPage(sides)
    case .jpeg, .png, .webp, .gif:
      let source = try openAll()
      if source.picture.frames == 1 {
        return (source.picture, .success(try FirstFrame(source, bytes, sides)))
      }
      try Frames.decode(bytes, type, mostPixels: mostPixels)
      let first = Result { () throws(DecodeFailure) in try FirstFrame(source, bytes, sides) }
      return (source.picture, first)
    }
  }

  private func firstPage(_ sides: PreviewSides) throws(DecodeFailure) -> (
    Picture, Result<FirstFrame, DecodeFailure>
  ) {
    var first: FirstFrame?
    let picture = try TIFFPages.decode(memory, mostPixels: mostPixels) {
      page throws(DecodeFailure) in
      if first == nil {
        first = try FirstFrame(page, bytes, sides)
      } else {
        try page.decode()
      }
    }
    return (picture, first.map { .success($0) } ?? .failure(.damaged))
  }

  /// Calls a function with the first frame.
  private func read<Answer>(
    _ body: (VipsPicture) throws(DecodeFailure) -> Answer
  ) throws(DecodeFailure) -> Answer {
    switch type {
    case .bmp: try body(VipsPicture(Bitmap(bytes.bytes)))
    case .tiff: try TIFFPages.read(bytes, mostPixels: mostPixels, body)
    case .jpeg, .png, .webp, .gif: try body(open())
    }
  }

  private func open() throws(DecodeFailure) -> VipsPicture {
    let source = try VipsPicture(bytes, type, outline: outline)
    let picture = source.picture
    try Outline(mostPixels: mostPixels).checkSize(picture.width, picture.height)
    return source
  }

  /// The libraries ignore frames at the end that they cannot read.
  private func openAll() throws(DecodeFailure) -> VipsPicture {
    let source = try open()
    guard source.picture.frames >= outline.frames else { throw .damaged }
    return source
  }
}
