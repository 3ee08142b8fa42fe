/// One packet from the unpacking child.
package enum ArchiveMessage {
  case begin(name: String)
  /// A file's next bytes; all packets of a file but the last have `mostData`.
  case data(UnsafeRawBufferPointer)
  case end
  /// The bytes of the file must be discarded.
  case broken(EntryFault)
  case refused(name: String, EntryFault)
  case stopped(ArchiveFault)
  case finished
  case noArchive(ArchiveRefusal)

  /// The first byte of a packet of data, which is sent without a copy.
  package static let dataMark: UInt8 = 2
  /// The maximum bytes of a file in one packet.
  static let mostData = longest - 1
  /// The maximum length of a packet in bytes.
  package static let longest = 64 << 10

  /// The message as one packet.
  package var packet: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .begin(let name):
      writer.put(UInt8(1))
      writer.put(name)
    case .data(let bytes): return [Self.dataMark] + bytes
    case .end: writer.put(UInt8(3))
    case .broken(let fault):
      writer.put(UInt8(4))
      writer.put(fault.rawValue)
    case .refused(let name, let fault):
      writer.put(UInt8(5))
      writer.put(fault.rawValue)
      writer.put(name)
    case .stopped(let fault):
      writer.put(UInt8(6))
      writer.put(fault.rawValue)
    case .finished: writer.put(UInt8(7))
    case .noArchive(let refusal):
      writer.put(UInt8(8))
      writer.put(refusal.rawValue)
    }
    return writer.bytes
  }

  /// Reads one untrusted packet; nil when it is not a message.
  ///
  /// Data are not copied out of the packet.
  package init?(packet: UnsafeRawBufferPointer) {
    if packet.first == Self.dataMark {
      guard (2...Self.longest).contains(packet.count) else { return nil }
      self = .data(UnsafeRawBufferPointer(rebasing: packet.dropFirst()))
      return
    }
    var reader = ByteReader(Array(packet))
    guard let message = Self.read(&reader), reader.isAtEnd else { return nil }
    self = message
  }

  private static func read(_ reader: inout ByteReader) -> ArchiveMessage? {
    switch reader.integer(UInt8.self) {
    case 1: reader.name().map { .begin(name: $0) }
    case 3: .end
    case 4: reader.code(EntryFault.self).map { .broken($0) }
    case 5: reader.refusedEntry()
    case 6: reader.code(ArchiveFault.self).map { .stopped($0) }
    case 7: .finished
    case 8: reader.code(ArchiveRefusal.self).map { .noArchive($0) }
    default: nil
    }
  }
}

extension ByteReader {
  fileprivate mutating func code<Code: RawRepresentable<UInt8>>(_: Code.Type) -> Code? {
    integer(UInt8.self).flatMap(Code.init(rawValue:))
  }

  /// A name as `EntryName` makes it; a compromised child may send another.
  fileprivate mutating func name() -> String? {
    text().flatMap { EntryName.cleaned($0).utf8.elementsEqual($0.utf8) ? $0 : nil }
  }

  fileprivate mutating func refusedEntry() -> ArchiveMessage? {
    guard let fault = code(EntryFault.self), let name = name() else { return nil }
    return .refused(name: name, fault)
  }
}
