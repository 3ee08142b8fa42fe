internal import Imaging

/// The kinds of files that an endpoint or command takes.
struct IntakeRule {
  let types: Set<ImageType>
  /// Whether archives are unpacked.
  let archives: Bool
  /// Whether texts are taken.
  let texts: Bool

  /// The rule of the root face, as its documentation states.
  static let root = IntakeRule(types: ImageType.root, archives: false, texts: false)
  /// The rule of the faces below `/api`.
  static let wide = IntakeRule(types: ImageType.all, archives: true, texts: true)
  /// The rule of imports on the host.
  static let pictures = IntakeRule(types: ImageType.all, archives: false, texts: false)
}

/// The kind of a file.
enum FileKind {
  /// A picture of this type; nil for an unknown type, which the examiner refuses.
  case picture(ImageType?)
  case archive
  case text(TextFormat)
}

/// The first stage: distinguishes pictures, archives and text files.
struct Recognizer {
  let rule: IntakeRule
  private let sniffer: Sniffer

  init(_ rule: IntakeRule, _ sniffer: Sniffer) {
    self.rule = rule
    self.sniffer = sniffer
  }

  /// Returns the kind from a file's first bytes, and from its name where bytes are ambiguous.
  ///
  /// A file that is both a picture and an archive counts as a picture. Nested archives are not
  /// unpacked.
  func kind(of head: [UInt8], named name: String, isInArchive: Bool = false) -> FileKind {
    let format = rule.texts ? TextFormat(of: name) : nil
    if let format, TextFormat.isText(head) { return .text(format) }
    let archives = rule.archives && !isInArchive
    if archives, Self.hasMark(head) { return .archive }
    if let type = type(of: head) { return .picture(type) }
    if archives, Self.isNamedArchive(name) { return .archive }
    return format.map { .text($0) } ?? .picture(nil)
  }

  /// Returns the type of a picture with these first bytes, or nil.
  func type(of head: [UInt8]) -> ImageType? {
    head.withUnsafeBytes { sniffer.imageType(of: $0) }
  }

  /// Whether the larger size limit of archives may apply, before the kind is known.
  func mayBeArchive(_ head: [UInt8], named name: String) -> Bool {
    rule.archives && (Self.isNamedArchive(name) || Self.hasMark(head))
  }

  // The signatures of a local file header, and of an archive without files.
  private static let marks: [[UInt8]] = [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]]

  private static func hasMark(_ head: [UInt8]) -> Bool {
    marks.contains { head.starts(with: $0) }
  }

  // A self-extracting archive begins with a program, so only its name shows that it is an archive.
  private static func isNamedArchive(_ name: String) -> Bool {
    name.lowercased().hasSuffix(".zip")
  }
}
