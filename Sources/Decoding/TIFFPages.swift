internal import Imaging

/// Decodes a TIFF file's pages, which may be of any size and kind each.
///
/// To open a page libtiff reads the directories of all others, so that a thousand pages cost
/// seconds; each is therefore made the only one, in memory that is this process's own.
enum TIFFPages {
  /// Throws `refused` at the first error.
  static func decode(_ bytes: UnsafeMutableRawBufferPointer, mostPixels: UInt64)
    throws(DecodeFailure)
  {
    let file = UnsafeRawBufferPointer(bytes)
    guard let layout = TIFFLayout(file.bytes) else { throw .damaged }
    var outline = Outline(mostPixels: mostPixels)
    for directory in try TIFFOutline.directories(file.bytes, layout) {
      layout.put(directory.place, at: layout.firstField, in: bytes)
      layout.put(0, at: directory.nextField, in: bytes)
      // Another directory may lie, hostile, across this one.
      defer { layout.put(directory.next, at: directory.nextField, in: bytes) }
      let page = try VipsPicture(file, .tiff)
      try outline.add(page.picture.width, page.picture.height)
      try page.decode()
    }
  }
}
