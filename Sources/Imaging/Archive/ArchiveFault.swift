/// Why one file of an archive is not taken.
///
/// A number between the processes: a child that was taken over gets no word into our answers.
package enum EntryFault: UInt8, CaseIterable, Sendable {
  case encrypted, incomplete, overlapping, tooLarge, tooDense, nested, unsupported, damaged
  case special, misnamed

  /// The sentence for the user.
  package func sentence(_ limits: ArchiveLimits) -> String {
    switch self {
    case .encrypted: "The file is encrypted in the archive."
    case .incomplete: "The archive does not hold this file."
    case .overlapping: "The file shares its bytes with another file of the archive."
    case .tooLarge: "The file is larger than \(limits.entryBytes) bytes."
    case .tooDense: "The file unpacks to more than \(limits.ratio) times its packed size."
    case .nested: "Archives inside an archive are not unpacked."
    case .unsupported: "The file is packed by a method that is not supported."
    case .damaged: "The file is damaged in the archive."
    case .special: "This is a link or a device, not a file."
    case .misnamed: "The file's name is not in the given filename_encoding."
    }
  }
}

/// Why the rest of an archive is not taken.
package enum ArchiveFault: UInt8, CaseIterable, Sendable {
  case tooMany, tooMuch, tooDense, damaged

  /// The sentence for the user.
  package func sentence(_ limits: ArchiveLimits) -> String {
    switch self {
    case .tooMany: "The archive holds more than \(limits.entries) files."
    case .tooMuch: "The archive unpacks to more than \(limits.totalBytes >> 20) MB."
    case .tooDense: "The archive unpacks to more than \(limits.ratio) times its size."
    case .damaged: "The archive's directory is damaged: files may be missing."
    }
  }
}

/// Why a file is no archive that can be read at all.
package enum ArchiveRefusal: UInt8, CaseIterable, Sendable {
  case foreign, cutShort, split, foreignNames

  /// The sentence for the user.
  package var sentence: String {
    switch self {
    case .foreign: "This is not a ZIP archive."
    case .cutShort: "The archive is cut short: its directory is missing."
    case .split: "This is one part of a split archive."
    case .foreignNames: "The server has no converter for this filename_encoding."
    }
  }
}
