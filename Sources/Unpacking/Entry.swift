/// A file as the central directory declares it (APPNOTE 4.3.12); the sizes may be false.
struct Entry {
  static let fixedLength = 46

  let flags: Int
  let method: Int
  let checksum: Int
  let packedSize: Int
  let size: Int
  /// Offset of its local header from the base of the archive.
  let offset: Int
  let path: String
  /// Whether the name is valid in the encoding that the client gave, if any.
  let isNameRight: Bool
  let kind: Kind

  /// The kind of an entry.
  enum Kind {
    case file, folder
    /// A link, a device or a pipe.
    case special
  }

  /// Reads the fixed part, the name and the extra fields.
  init(_ fixed: [UInt8], name: [UInt8], extra: ExtraFields, by decoder: NameDecoder?) {
    flags = fixed.short(8)
    method = fixed.short(10)
    checksum = fixed.long(16)
    let wide = extra.zip64(
      size: fixed.long(24), packedSize: fixed.long(20), offset: fixed.long(42))
    (size, packedSize, offset) = (wide.size, wide.packedSize, wide.offset)
    (path, isNameRight) = EntryPath.decoded(
      name, isUTF8: flags & 0x800 != 0, extra: extra, by: decoder)
    kind = Self.kind(host: fixed.short(4) >> 8, attributes: fixed.long(38))
  }

  /// Whether it has either kind of encryption.
  var isEncrypted: Bool { flags & 0x41 != 0 || method == 99 }

  /// Whether it is neither a folder nor a file that an operating system adds.
  var isWanted: Bool {
    let parts = path.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "/" || $0 == "\\"
    }.map { String($0) }
    guard kind != .folder, let last = parts.last, last != "" else { return false }
    return !parts.contains("__MACOSX") && !last.hasPrefix("._")
      && !Self.litter.contains(last.lowercased())
  }

  private static let litter: Set<String> = [".ds_store", "thumbs.db", "desktop.ini"]

  private static func kind(host: Int, attributes: Int) -> Kind {
    // Unix and macOS store the mode in the upper half.
    let mode = [3, 19].contains(host) ? attributes >> 16 & 0xF000 : 0
    switch mode {
    case 0: return attributes & 0x10 == 0 ? .file : .folder
    case 0x8000: return .file
    case 0x4000: return .folder
    default: return .special
    }
  }
}
