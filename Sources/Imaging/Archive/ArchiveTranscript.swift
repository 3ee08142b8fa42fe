/// Checks the messages of the unpacking child, which is not trusted: order, names and amounts are
/// checked again here, so that a compromised child can only end its own archive.
package struct ArchiveTranscript {
  private enum Place {
    case between
    /// Inside a file; a short packet is its last one.
    case inside(bytes: Int, isWhole: Bool)
    case over
  }

  private let limits: ArchiveLimits
  private let mostBytes: Int
  private var place = Place.between
  private var entries = 0
  private var total = 0

  /// Makes a transcript for an archive of this size in bytes.
  package init(_ limits: ArchiveLimits, archiveBytes: Int) {
    self.limits = limits
    mostBytes = min(limits.totalBytes, limits.mostBytes(from: archiveBytes))
  }

  /// Checks one packet; nil at the end of the archive.
  ///
  /// Throws `refused` for a file that is not an archive,
  /// and `crashed` for a message that a correct child never sends.
  package mutating func take(_ packet: UnsafeRawBufferPointer) throws(DecodeFailure)
    -> ArchiveReader.Event?
  {
    guard let message = ArchiveMessage(packet: packet) else { throw .crashed }
    switch (message, place) {
    case (.begin(let name), .between):
      try count()
      place = .inside(bytes: 0, isWhole: false)
      return .begin(name: name)
    case (.data(let data), .inside(let bytes, isWhole: false)):
      try take(data.count, after: bytes)
      return .data(data)
    case (.end, .inside):
      place = .between
      return .end
    case (.broken(let fault), .inside):
      place = .between
      return .broken(reason: fault.sentence(limits))
    case (.refused(let name, let fault), .between):
      try count()
      return .refused(name: name, reason: fault.sentence(limits))
    case (.stopped(let fault), .between):
      place = .over
      return .stopped(reason: fault.sentence(limits))
    case (.finished, .between):
      place = .over
      return nil
    case (.noArchive(let refusal), .between) where entries == 0:
      place = .over
      throw .refused(refusal.sentence)
    default: throw .crashed
    }
  }

  /// Whether the archive has ended.
  package var isOver: Bool { if case .over = place { true } else { false } }

  private mutating func count() throws(DecodeFailure) {
    entries += 1
    guard entries <= limits.entries else { throw .crashed }
  }

  private mutating func take(_ count: Int, after bytes: Int) throws(DecodeFailure) {
    total += count
    guard bytes + count <= limits.entryBytes, total <= mostBytes else { throw .crashed }
    place = .inside(bytes: bytes + count, isWhole: count < ArchiveMessage.mostData)
  }
}
