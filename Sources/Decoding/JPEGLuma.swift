internal import CJPEG
package import Imaging

/// The brightness of a JPEG file at the lowest cost: libjpeg skips the colours and most
/// of the transform.
package enum JPEGLuma {
  /// Nil when the file has no brightness channel (CMYK, RGB): libvips converts such files; throws
  /// `refused` at the first error.
  package static func decode(_ bytes: UnsafeRawBufferPointer, atLeast side: Int)
    throws(DecodeFailure) -> LumaPlane?
  {
    try decode(bytes, atLeast: side, withColour: false).plane
  }

  /// The same, with enough colour data to measure the colourfulness, and with the missing rows,
  /// in files of all kinds.
  package static func decodeColoured(_ bytes: UnsafeRawBufferPointer, atLeast side: Int)
    throws(DecodeFailure) -> (coloured: Coloured?, rows: StoredRows)
  {
    let found = try decode(bytes, atLeast: side, withColour: true)
    let coloured = found.plane.map { Coloured(plane: $0, colour: Double(found.facts.colour)) }
    let rows = StoredRows(all: Int(found.facts.rows), missing: Int(found.facts.missing))
    return (coloured, rows)
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, atLeast side: Int, withColour: Bool
  ) throws(DecodeFailure) -> (plane: LumaPlane?, facts: cjpeg_plane) {
    var facts = cjpeg_plane()
    let start = cjpeg_luma(
      bytes.baseAddress, bytes.count, Int32(side), withColour ? 1 : 0, &facts)
    guard let start else {
      if facts.other != 0 { return (nil, facts) }
      throw .damaged
    }
    defer { cjpeg_free(start) }
    let (width, height) = (Int(facts.width), Int(facts.height))
    let samples = UnsafeBufferPointer(start: start, count: width * height)
    return (LumaPlane(samples: samples, bands: 1, width: width, height: height), facts)
  }
}

/// The brightness and the colourfulness of a picture.
package struct Coloured {
  /// The picture as it is stored, not upright.
  package let plane: LumaPlane
  /// As in `Appearance.colour`.
  package let colour: Double
}
