internal import Imaging

/// The kinds of files that an endpoint or command takes.
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
  /// Imports on the host.
  static let pictures = IntakeRule(types: ImageType.all, archives: false, texts: false)
}

/// The way a file is read.
enum FileKind {
  /// A picture of this type; nil for a file of an unknown type, which the examiner refuses.
  case picture(ImageType?)
  case archive
  case text(TextFormat)
}

/// The first stage: tells a picture, an archive and a file of texts apart.
struct Recognizer {
  let rule: IntakeRule
  private let sniffer: Sniffer

  init(_ rule: IntakeRule, _ sniffer: Sniffer) {
    self.rule = rule
    self.sniffer = sniffer
  }

  /// Tells by a file's first bytes, and by its name only what bytes cannot tell.
  ///
  /// A polyglot is the picture that it is. An archive in an archive is not unpacked.
  func kind(of head: [UInt8], named name: String, isInArchive: Bool = false) -> FileKind {
    let format = rule.texts ? TextFormat(of: name) : nil
    if let format, TextFormat.isText(head) { return .text(format) }
    let archives = rule.archives && !isInArchive
    if archives, Self.hasMark(head) { return .archive }
    if let type = type(of: head) { return .picture(type) }
    if archives, Self.isNamedArchive(name) { return .archive }
    return format.map { .text($0) } ?? .picture(nil)
  }

  /// The type of a picture that begins like this; nil when it is none.
  func type(of head: [UInt8]) -> ImageType? {
    head.withUnsafeBytes { sniffer.imageType(of: $0) }
  }

  /// Whether a file may be longer than a picture may: seen before its type is known.
  func mayBeArchive(_ head: [UInt8], named name: String) -> Bool {
    rule.archives && (Self.isNamedArchive(name) || Self.hasMark(head))
  }

  // A local header, and the end of an archive without files.
  private static let marks: [[UInt8]] = [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]]

  private static func hasMark(_ head: [UInt8]) -> Bool {
    marks.contains { head.starts(with: $0) }
  }

  // A self-extracting archive begins with a program.
  private static func isNamedArchive(_ name: String) -> Bool {
    name.lowercased().hasSuffix(".zip")
  }
}
