// EXIF blocks, XMP packets and IPTC records: every text found is bounded and valid for the
// database. Input: a byte that names the kind, then the block.

internal import Imaging

nonisolated(unsafe) var sink = 0

let fields: Set = [
  "xmp:CreatorTool", "xmp:Credit", "xmp:AISystemUsed", "digitalSourceType",
]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let block = Array(input.dropFirst())
  let found =
    switch first % 3 {
    case 0: ExifStatements.found(in: block)
    case 1: XMPStatements.found(in: block)
    default: IPTCStatements.found(in: block)
    }
  for statement in found {
    let isKnown =
      switch first % 3 {
      case 0: statement.field.hasPrefix("exif:")
      case 1: fields.contains(statement.field)
      default: statement.field.hasPrefix("iptc:")
      }
    precondition(isKnown, "an unknown field")
    precondition(statement.value.utf8.count <= Declared.longestValue, "too long a value")
    precondition(!statement.value.utf8.contains(0), "NUL in a value")
  }
  precondition(found.count <= max(400, count), "more statements than bytes")
  sink &+= found.count
  return 0
}
