internal import Imaging

/// Collects a file's statements about its origin.
enum Statements {
  static func found(in source: VipsPicture, _ bytes: UnsafeRawBufferPointer) -> [Declared] {
    let type = source.picture.type
    let manifest = ManifestStatements.found(in: bytes.bytes, type)
    let read =
      manifest + ExifStatements.found(in: source.blob("exif-data"))
      + XMPStatements.found(in: source.blob("xmp-data"))
      + IPTCStatements.found(in: source.blob("iptc-data")) + pngTexts(source)
      + FileStatements.found(in: bytes, type)
    // A manifest describes ingredients in the same words, so a readable manifest takes precedence
    // over words that are found in the file.
    let all = read + (manifest.count <= 1 ? OriginMarks.found(in: bytes) : [])
    var seen: Set<Declared> = []
    let fresh = all.filter { !$0.value.allSatisfy(\.isWhitespace) && seen.insert($0).inserted }
    return Array(fresh.prefix(DecodeAnswer.mostDeclared))
  }

  /// libvips names a text chunk `png-comment-<number>-<keyword>`.
  private static func pngTexts(_ source: VipsPicture) -> [Declared] {
    source.texts.compactMap { name, value in
      let parts = name.split(separator: "-", maxSplits: 3)
      guard name.hasPrefix("png-comment-"), parts.count == 4 else { return nil }
      return Declared(field: "png:\(parts[3])", value: value)
    }
  }
}
