internal import Imaging

/// The first frame of a file, decoded once; all answers about a picture are made from it.
struct FirstFrame {
  private enum Pixels {
    case planes(PlanarPicture)
    case kept(VipsPicture)
  }

  private let source: VipsPicture
  private let pixels: Pixels
  private let rows: Result<StoredRows?, DecodeFailure>

  /// Decodes every pixel; throws `refused` at the first error.
  init(
    _ source: VipsPicture, _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides
  ) throws(DecodeFailure) {
    self.source = source
    let isJPEG = source.picture.type == .jpeg
    if let planes = Self.planes(source, bytes, sides) {
      (pixels, rows) = (.planes(planes), .success(planes.rows))
      return
    }
    // Damaged files come here, too: libvips reports the fault.
    pixels = .kept(try source.kept(bytes, sides))
    rows = Result { () throws(DecodeFailure) in
      isJPEG ? try JPEGLuma.decodeColoured(bytes, atLeast: Likeness.side).rows : nil
    }
  }

  /// Decodes a picture of a common kind without libvips; nil for every other one.
  private static func planes(
    _ source: VipsPicture, _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides
  ) -> PlanarPicture? {
    switch source.picture.type {
    case .jpeg: PlanarPicture(jpeg: bytes, sides)
    case .png: PNGPixels.decode(bytes, sides, profile: source.profile)
    case .webp: WebPPixels.decode(bytes, sides, profile: source.profile)
    case .tiff: TIFFPlain.decode(bytes, sides, profile: source.profile)
    case .gif, .bmp: nil
    }
  }

  /// Inspects the picture and its file's statements.
  func inspection(_ bytes: UnsafeRawBufferPointer, _ outline: Outline) throws(DecodeFailure)
    -> Inspection
  {
    let rows = try rows.get()
    return try Inspection(coloured(), rows: rows, of: source, bytes, outline)
  }

  private func coloured() throws(DecodeFailure) -> Coloured {
    switch pixels {
    case .planes(let planes): planes.coloured
    case .kept(let kept): try kept.coloured(atLeast: Likeness.side)
    }
  }

  /// Makes both previews.
  func previews(_ sides: PreviewSides) throws(DecodeFailure) -> Previews {
    switch pixels {
    case .planes(let planes):
      try planes.previews(
        sides, orientation: source.picture.orientation, profile: source.profile)
    case .kept(let kept): try kept.previews(sides)
    }
  }
}

extension Inspection {
  /// Throws `refused` when the brightness is not a plane.
  init(
    _ coloured: Coloured, rows: StoredRows?, of source: VipsPicture,
    _ bytes: UnsafeRawBufferPointer, _ outline: Outline
  ) throws(DecodeFailure) {
    guard let likeness = coloured.plane.likeness(orientation: source.picture.orientation),
      let appearance = Appearance(likeness, colour: coloured.colour)
    else { throw .damaged }
    self.init(
      picture: source.picture.with(frames: outline.animated ?? outline.frames), likeness: likeness,
      appearance: appearance, rows: rows,
      hasPosition: Position.isSaid(in: source, bytes),
      declared: Statements.found(in: source, bytes))
  }
}
