internal import Imaging

/// Decodes a TIFF file's pages; each may have any size and kind.
///
/// For each page libtiff reads the directories of all others, so a thousand pages need
/// seconds. So each page is made the only one, in this process's own memory.
enum TIFFPages {
  /// Decodes every page with `decode`; returns the first page and the number of pages, and throws
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
      // In a hostile file, another directory may overlap this one.
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

  /// Calls a function with the first page, read by libvips or, when that fails, by libtiff.
  ///
  /// Throws the error of libvips when both fail.
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
