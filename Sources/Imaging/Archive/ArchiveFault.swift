/// The reason why one file of an archive is refused.
///
/// The processes exchange it as a number, so a compromised child cannot put text into our answers.
package enum EntryFault: UInt8, CaseIterable, Sendable {
  case encrypted, incomplete, overlapping, tooLarge, tooDense, nested, unsupported, damaged
  case special, misnamed

  /// The sentence for the user.
  package func sentence(_ limits: ArchiveLimits) -> String {
    switch self {
    case .encrypted: "The file is encrypted in the archive."
    case .incomplete: "The archive does not contain this file."
    case .overlapping: "The file shares its bytes with another file of the archive."
    case .tooLarge: "The file is larger than \(limits.entryBytes) bytes."
    case .tooDense: "The file unpacks to more than \(limits.ratio) times its packed size."
    case .nested: "Archives inside an archive are not unpacked."
    case .unsupported: "The file's compression method is not supported."
    case .damaged: "The file is damaged in the archive."
    case .special: "This is a link or a device, not a file."
    case .misnamed: "The file's name is not in the given filename_encoding."
    }
  }
}

/// The reason why the rest of an archive is refused.
package enum ArchiveFault: UInt8, CaseIterable, Sendable {
  case tooMany, tooMuch, tooDense, damaged

  /// The sentence for the user.
  package func sentence(_ limits: ArchiveLimits) -> String {
    switch self {
    case .tooMany: "The archive contains more than \(limits.entries) files."
    case .tooMuch: "The archive unpacks to more than \(limits.totalBytes >> 20) MB."
    case .tooDense: "The archive unpacks to more than \(limits.ratio) times its size."
    case .damaged: "The archive's directory is damaged: files may be missing."
    }
  }
}

/// The reason why a file cannot be read as an archive.
package enum ArchiveRefusal: UInt8, CaseIterable, Sendable {
  case foreign, cutShort, split, foreignNames

  /// The sentence for the user.
  package var sentence: String {
    switch self {
    case .foreign: "This is not a ZIP archive."
    case .cutShort: "The archive is truncated: its directory is missing."
    case .split: "This is one part of a split archive."
    case .foreignNames: "The server does not support this filename_encoding."
    }
  }
}
