package import Imaging

/// Walks one archive and reports its files.
package struct ArchiveWalk {
  private let file: FileWindow
  private let limits: ArchiveLimits
  private let names: NameDecoder?
  private let say: (UnsafeRawBufferPointer) -> Bool
  private let packet = Packet()
  private var total = 0

  /// A walk; `say` sends one packet and returns false when the reader is gone, which ends the walk.
  package init(
    _ file: FileWindow, _ limits: ArchiveLimits, say: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    self.init(file, limits, names: nil, say: say)
  }

  /// A walk that decodes names with this decoder unless the archive says otherwise.
  init(
    _ file: FileWindow, _ limits: ArchiveLimits, names: NameDecoder?,
    say: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    self.file = file
    self.limits = limits
    self.names = names
    self.say = say
  }

  /// Reports the whole archive; false when the reader was gone before the end.
  package mutating func run() -> Bool {
    do throws(NoArchive) {
      let end = try DirectoryEnd.find(in: file)
      return walk(end)
    } catch {
      return say(.noArchive(error.refusal))
    }
  }

  private mutating func walk(_ end: DirectoryEnd) -> Bool {
    let directory = CentralDirectory(end, in: file, limits: limits, names: names)
    let spans = EntrySpans(directory.entries, end, in: file)
    for (index, entry) in directory.entries.enumerated() {
      let name = EntryName.cleaned(entry.path)
      if let fault = fault(of: entry, index, spans) {
        guard say(.refused(name: name, fault)) else { return false }
        continue
      }
      // The declared size is the limit: unpacking never writes more bytes than it.
      let sum = total + entry.size
      if sum > limits.totalBytes { return say(.stopped(.tooMuch)) }
      if sum > limits.mostBytes(from: file.size) { return say(.stopped(.tooDense)) }
      guard let data = spans.places[index]?.data else { continue }
      guard unpack(entry, name, at: data) else { return false }
    }
    return say(directory.fault.map { .stopped($0) } ?? .finished)
  }

  /// The fault that is known without unpacking.
  private func fault(of entry: Entry, _ index: Int, _ spans: EntrySpans) -> EntryFault? {
    if entry.kind == .special { return .special }
    if !entry.isNameRight { return .misnamed }
    if entry.isEncrypted { return .encrypted }
    if spans.places[index] == nil { return .incomplete }
    if spans.overlapping.contains(index) { return .overlapping }
    // Compression adds less than an eighth.
    if max(entry.size, entry.packedSize / 9 * 8) > limits.entryBytes { return .tooLarge }
    if entry.size > limits.mostBytes(from: entry.packedSize) { return .tooDense }
    return nil
  }

  private mutating func unpack(_ entry: Entry, _ name: String, at data: Range<Int>) -> Bool {
    let stream: EntryStream
    var count: Int
    do throws(UnpackFault) {
      stream = try EntryStream(entry, at: data, in: file)
      count = try next(of: stream, left: entry.size)
      if Nesting.isArchive(packet.data(count)) { throw UnpackFault(.nested) }
    } catch {
      return say(.refused(name: name, error.fault))
    }
    guard say(.begin(name: name)) else { return false }
    var left = entry.size
    do throws(UnpackFault) {
      while count > 0 {
        guard say(packet.whole(count)) else { return false }
        left -= count
        total += count
        count = try next(of: stream, left: left)
      }
      if left > 0 { throw UnpackFault(.damaged) }
    } catch {
      return say(.broken(error.fault))
    }
    return say(.end)
  }

  private func next(of stream: EntryStream, left: Int) throws(UnpackFault) -> Int {
    let count = try stream.read(into: packet.space)
    if count > left { throw UnpackFault(.damaged) }
    return count
  }

  private func say(_ message: ArchiveMessage) -> Bool { message.packet.withUnsafeBytes(say) }
}

/// The only data packet: libarchive writes into it and the socket sends it.
private final class Packet {
  private let bytes = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ArchiveMessage.longest, alignment: 16)

  init() { bytes[0] = ArchiveMessage.dataMark }
  deinit { bytes.deallocate() }

  var space: UnsafeMutableRawBufferPointer { .init(rebasing: bytes.dropFirst()) }

  func data(_ count: Int) -> UnsafeRawBufferPointer { .init(rebasing: bytes[1..<1 + count]) }

  func whole(_ count: Int) -> UnsafeRawBufferPointer { .init(rebasing: bytes[..<(1 + count)]) }
}
