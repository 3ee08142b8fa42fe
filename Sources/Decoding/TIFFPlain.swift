internal import CJPEG
internal import CTIFF
internal import Imaging

/// Reads TIFF pages whose pixels need no conversion; see ctiff_read_plain.
enum TIFFPlain {
  /// Decodes the whole first page; nil when it is damaged or has another kind.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides, profile: UnsafeRawBufferPointer?
  ) -> PlanarPicture? {
    var page = ctiff_plain()
    let failed = ctiff_open_plain(
      bytes.baseAddress, bytes.count, PlanarPicture.mostBytes, &page)
    guard failed == 0 else { return nil }
    defer { ctiff_close_plain(&page) }
    return PlanarPicture(
      width: page.width, height: page.height, bands: page.bands, sides, profile: profile
    ) { sink in
      ctiff_read_plain(&page, cjpeg_sink_add, UnsafeMutableRawPointer(sink)) == 0
    }
  }
}
