// The walks over PNG, JPEG, GIF, WebP and TIFF: each ends, stays inside, and counts within limits.
// Input: a byte that names the type, then the file.

internal import Imaging

nonisolated(unsafe) var sink = 0

let mostPixels: UInt64 = 1 << 20

/// Makes each page the only one, as the decoder does, checks that, and restores all.
func checkPages(_ file: UnsafeRawBufferPointer) {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 1)
  defer { copy.deallocate() }
  copy.copyMemory(from: file)
  let bytes = UnsafeRawBufferPointer(copy)
  guard let layout = TIFFLayout(bytes.bytes),
    let directories = try? TIFFOutline.directories(bytes.bytes, layout)
  else { preconditionFailure("a checked file has no directories") }
  precondition(directories.count <= DecodeLimits.frames + 1, "too many directories")
  for directory in directories {
    layout.put(directory.place, at: layout.firstField, in: copy)
    layout.put(0, at: directory.nextField, in: copy)
    let alone = try? TIFFOutline.directories(bytes.bytes, layout)
    precondition(alone?.map(\.place) == [directory.place], "not alone")
    layout.put(directory.next, at: directory.nextField, in: copy)
  }
  layout.put(directories.first?.place ?? 0, at: layout.firstField, in: copy)
  precondition(bytes.elementsEqual(file), "not as before")
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let type = ImageType.allCases[Int(first) % ImageType.allCases.count]
  let file = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  guard let outline = try? Outline.checked(file.bytes, type, mostPixels: mostPixels) else {
    return 0
  }
  precondition(outline.frames <= DecodeLimits.frames, "too many frames")
  if TIFFLayout.hasPosition(file.bytes) { sink &+= 1 }
  if PNGMetadata.hasPosition(file.bytes) { sink &+= 1 }
  if type == .tiff { checkPages(file) }
  sink &+= outline.frames
  return 0
}
