internal import Imaging

/// What one way in takes.
struct IntakeRule {
  let types: Set<ImageType>
  /// Whether archives are unpacked.
  let archives: Bool
  /// Whether texts are taken.
  let texts: Bool

  /// The root face, as its document says.
  static let root = IntakeRule(types: ImageType.root, archives: false, texts: false)
  /// The faces below `/api`.
  static let wide = IntakeRule(types: ImageType.all, archives: true, texts: true)

  /// The same, inside an archive: archives in archives are not unpacked.
  var inside: IntakeRule { IntakeRule(types: types, archives: false, texts: texts) }

  /// What a file is to be read as.
  enum Kind: Equatable {
    case picture, archive
    case text(TextFormat)
  }

  /// Tells by a file's first bytes, and by its name only what bytes cannot tell.
  ///
  /// A polyglot is the picture that it is. What is nothing that we take is left to the examiner of
  /// pictures, which says so.
  func kind(of head: [UInt8], named name: String, _ sniffer: Sniffer) -> Kind {
    let format = texts ? TextFormat(of: name) : nil
    if let format, TextFormat.isText(head) { return .text(format) }
    if archives, Self.marks.contains(where: { head.starts(with: $0) }) { return .archive }
    if head.withUnsafeBytes({ sniffer.imageType(of: $0) }) != nil { return .picture }
    if archives, Self.isNamedArchive(name) { return .archive }
    return format.map { .text($0) } ?? .picture
  }

  /// Whether a file may be longer than a picture may: seen before its type is known.
  func mayBeArchive(_ head: [UInt8], named name: String) -> Bool {
    archives && (Self.isNamedArchive(name) || Self.marks.contains { head.starts(with: $0) })
  }

  // A local header, and the end of an archive without files.
  private static let marks: [[UInt8]] = [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]]

  // A self-extracting archive begins with a program.
  private static func isNamedArchive(_ name: String) -> Bool {
    name.lowercased().hasSuffix(".zip")
  }
}
