// C2PA manifests, XMP, EXIF and texts of whole files: the result is bounded and valid for the
// database. Input: a byte that names the type, then the file, or for odd bytes only the manifest
// store.

internal import Imaging

nonisolated(unsafe) var sink = 0

let types: [ImageType] = [.jpeg, .png, .webp, .tiff, .gif]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  let isStore = first & 1 == 1
  let type = isStore ? .png : types[Int(first >> 1) % types.count]
  let file = isStore ? wrapped(Array(rest)) : Array(rest)
  let found = file.withUnsafeBytes { bytes in
    ManifestStatements.found(in: bytes.bytes, type) + FileStatements.found(in: bytes, type)
  }
  for statement in found {
    precondition(statement.value.utf8.count <= Declared.longestValue, "too long a value")
    precondition(!statement.value.utf8.contains(0), "NUL in a value")
  }
  sink &+= found.count
  return 0
}

/// A PNG file whose only chunk is the store.
func wrapped(_ store: [UInt8]) -> [UInt8] {
  let length = withUnsafeBytes(of: UInt32(store.count).bigEndian) { Array($0) }
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + length + Array("caBX".utf8) + store
    + [0, 0, 0, 0]
}
