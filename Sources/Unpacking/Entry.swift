/// One file as the central directory has it (APPNOTE 4.3.12); the sizes may be lies.
struct Entry {
  static let fixedLength = 46

  let flags: Int
  let method: Int
  let checksum: Int
  let packedSize: Int
  let size: Int
  /// Where its local header stands, from the base of the archive.
  let offset: Int
  let path: String
  let isRegular: Bool

  /// Reads the fixed part, and the name and the extra fields behind it.
  init(_ fixed: [UInt8], name: [UInt8], extra: ExtraFields) {
    flags = fixed.short(8)
    method = fixed.short(10)
    checksum = fixed.long(16)
    let wide = extra.zip64(
      size: fixed.long(24), packedSize: fixed.long(20), offset: fixed.long(42))
    (size, packedSize, offset) = (wide.size, wide.packedSize, wide.offset)
    path = EntryPath.decoded(name, isUTF8: flags & 0x800 != 0, extra: extra)
    isRegular = Self.isRegular(host: fixed.short(4) >> 8, attributes: fixed.long(38))
  }

  /// Of the two kinds of encryption.
  var isEncrypted: Bool { flags & 0x41 != 0 || method == 99 }

  /// Neither a folder, a link or a device, nor what an operating system leaves beside the files.
  var isWanted: Bool {
    let parts = path.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "/" || $0 == "\\"
    }.map { String($0) }
    guard isRegular, let last = parts.last, last != "" else { return false }
    return !parts.contains("__MACOSX") && !Self.litter.contains(last.lowercased())
  }

  private static let litter: Set<String> = [".ds_store", "thumbs.db"]

  private static func isRegular(host: Int, attributes: Int) -> Bool {
    // Unix and macOS keep the mode in the upper half.
    let kind = [3, 19].contains(host) ? attributes >> 16 & 0xF000 : 0
    if kind != 0 { return kind == 0x8000 }
    return attributes & 0x10 == 0
  }
}
