internal import CJPEG
internal import CWebP
internal import Imaging

/// Reads WebP files with one picture, as libwebp stores its pixels; see cwebp_read.
enum WebPPixels {
  /// Decodes a whole file; nil when it is damaged or has another kind.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides, profile: UnsafeRawBufferPointer?
  ) -> PlanarPicture? {
    var stored = cwebp_pixels()
    guard cwebp_read(bytes.baseAddress, bytes.count, PlanarPicture.mostBytes, &stored) == 0 else {
      return nil
    }
    defer { cwebp_free(stored.memory) }
    let planes = [stored.planes.0, stored.planes.1, stored.planes.2].map { plane in
      cjpeg_pixels(
        samples: plane.samples, stride: plane.stride, width: plane.width, height: plane.height,
        bands: plane.bands)
    }
    return stored.count == 3
      ? PlanarPicture(video: planes, sides)
      : PlanarPicture(planes[0], sides, profile: profile)
  }
}
