// EXIF blocks and XMP packets: every text that is found is bounded and fit for the database.
// Input: a byte that says which, then the block.

internal import Imaging

nonisolated(unsafe) var sink = 0

let fields: Set = ["xmp:CreatorTool", "digitalSourceType"]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let block = Array(input.dropFirst())
  let isExif = first % 2 == 0
  let found = isExif ? ExifStatements.found(in: block) : XMPStatements.found(in: block)
  for statement in found {
    precondition(
      isExif ? statement.field.hasPrefix("exif:") : fields.contains(statement.field),
      "an unknown field")
    precondition(statement.value.utf8.count <= Declared.longestValue, "too long a value")
    precondition(!statement.value.utf8.contains(0), "NUL in a value")
  }
  precondition(found.count <= max(400, count), "more statements than bytes")
  sink &+= found.count
  return 0
}
