/// Recognizes an archive by its first bytes, because names can be wrong.
enum Nesting {
  private static let marks: [[UInt8]] = [
    [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 7, 8],  // ZIP
    [0x1F, 0x8B], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],  // gzip, bzip2, xz
    [0x28, 0xB5, 0x2F, 0xFD],  // Zstandard
    [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x52, 0x61, 0x72, 0x21, 0x1A, 7],  // 7z, RAR
  ]
  private static let tar = (mark: Array("ustar".utf8), offset: 257)

  static func isArchive(_ start: UnsafeRawBufferPointer) -> Bool {
    marks.contains { start.starts(with: $0) }
      || start.dropFirst(tar.offset).starts(with: tar.mark)
  }
}
