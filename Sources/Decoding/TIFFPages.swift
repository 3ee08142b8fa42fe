internal import Imaging

/// Decodes a TIFF file's pages, which may be of any size and kind each.
///
/// To open a page libtiff reads the directories of all others, so that a thousand pages cost
/// seconds; each is therefore made the only one, in memory that is this process's own.
enum TIFFPages {
  /// Decodes every page by `decode`; gives the first one with the number of all, and throws
  /// `refused` at the first error.
  static func decode(
    _ bytes: UnsafeMutableRawBufferPointer, mostPixels: UInt64,
    _ decode: (VipsPicture) throws(DecodeFailure) -> Void
  ) throws(DecodeFailure) -> Picture {
    let file = UnsafeRawBufferPointer(bytes)
    guard let layout = TIFFLayout(file.bytes) else { throw .damaged }
    var outline = Outline(mostPixels: mostPixels)
    var found: Picture?
    for directory in try TIFFOutline.directories(file.bytes, layout) {
      layout.put(directory.place, at: layout.firstField, in: bytes)
      layout.put(0, at: directory.nextField, in: bytes)
      // Another directory may lie, hostile, across this one.
      defer { layout.put(directory.next, at: directory.nextField, in: bytes) }
      let page = try read(file, mostPixels: mostPixels) { page throws(DecodeFailure) in
        try decode(page)
        return page.picture
      }
      try outline.add(page.width, page.height)
      found = found ?? page
    }
    guard let found else { throw .damaged }
    return Picture(
      width: found.width, height: found.height, orientation: found.orientation, type: .tiff,
      frames: outline.frames)
  }

  /// Does something with the first page: as libvips reads it or, when that fails, as libtiff does.
  ///
  /// Throws what libvips says when neither can.
  static func read<Result>(
    _ file: UnsafeRawBufferPointer, mostPixels: UInt64,
    _ body: (VipsPicture) throws(DecodeFailure) -> Result
  ) throws(DecodeFailure) -> Result {
    do {
      let page = try VipsPicture(file, .tiff)
      try Outline(mostPixels: mostPixels).checkSize(page.picture.width, page.picture.height)
      if TIFFLayout.isOpaque(file.bytes) { page.forgetAlpha() }
      return try body(page)
    } catch {
      guard let pixels = TIFFPixels(file, mostPixels: mostPixels) else { throw error }
      return try body(VipsPicture(pixels, orientation: TIFFLayout.orientation(file.bytes)))
    }
  }
}
