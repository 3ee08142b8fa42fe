// BMP: the check and the decoder agree about a file, and all pixels are there.

internal import Imaging

nonisolated(unsafe) var sink = 0

let mostPixels: UInt64 = 1 << 16

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count).bytes
  guard (try? Outline.checked(bytes, .bmp, mostPixels: mostPixels)) != nil else { return 0 }
  let picture = try? Bitmap.check(bytes)
  let bitmap = try? Bitmap(bytes)
  precondition((picture == nil) == (bitmap == nil), "check and decoder differ")
  guard let picture, let bitmap else { return 0 }
  precondition(picture.width == bitmap.width && picture.height == bitmap.height, "two sizes")
  precondition([3, 4].contains(bitmap.bands), "neither RGB nor RGBA")
  precondition(bitmap.bytes.count == bitmap.width * bitmap.height * bitmap.bands, "lost pixels")
  sink &+= bitmap.bytes.count
  return 0
}
