/// A request of the reader to the unpacking child; the open archive is sent with it.
package struct ArchiveRequest: Sendable, Equatable {
  /// The limits of the content; those of memory and time are the child's arguments.
  package let limits: ArchiveLimits

  /// Makes a request for one archive under these limits.
  package init(_ limits: ArchiveLimits) { self.limits = limits }

  /// The request as one packet.
  package var packet: [UInt8] {
    var writer = ByteWriter()
    for value in [limits.entries, limits.totalBytes, limits.entryBytes, limits.ratio] {
      writer.put(Int64(value))
    }
    return writer.bytes
  }

  /// Reads one packet; nil when it is not a request.
  package init?(packet: [UInt8]) {
    var reader = ByteReader(packet)
    guard let entries = reader.integer(Int64.self), let total = reader.integer(Int64.self),
      let entry = reader.integer(Int64.self), let ratio = reader.integer(Int64.self),
      reader.isAtEnd, min(entries, total, entry, ratio) >= 0
    else { return nil }
    limits = ArchiveLimits(
      entries: Int(entries), totalBytes: Int(total), entryBytes: Int(entry), ratio: Int(ratio))
  }
}
