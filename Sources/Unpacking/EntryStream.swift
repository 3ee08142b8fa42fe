internal import CArchive
internal import Imaging

/// Unpacks one file with libarchive, as an archive of its own: our header and the packed bytes.
///
/// So libarchive can read nothing else, and an error affects only this file.
final class EntryStream {
  private let reader: OpaquePointer
  private let source: Source

  /// Opens the file; throws when libarchive cannot begin.
  init(_ entry: Entry, at data: Range<Int>, in file: FileWindow) throws(UnpackFault) {
    guard let reader = archive_read_new() else { throw UnpackFault(.damaged) }
    self.reader = reader
    source = Source(entry, data, file)
    archive_read_support_format_zip_streamable(reader)
    let client = Unmanaged.passUnretained(source).toOpaque()
    let opened = archive_read_open(reader, client, nil, nextPart, nil)
    var header: OpaquePointer?
    guard opened == ARCHIVE_OK, archive_read_next_header(reader, &header) == ARCHIVE_OK else {
      throw UnpackFault(fault)
    }
  }

  deinit { archive_read_free(reader) }

  /// Fills the buffer; fewer bytes only at the end, after the checksum was checked.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(UnpackFault) -> Int {
    let count = archive_read_data(reader, buffer.baseAddress, buffer.count)
    guard count >= 0 else { throw UnpackFault(fault) }
    return count
  }

  private var fault: EntryFault {
    let text = archive_error_string(reader).map { String(cString: $0) } ?? ""
    return text.hasPrefix("Unsupported") ? .unsupported : .damaged
  }
}

/// The file cannot be unpacked, with the reason.
struct UnpackFault: Error {
  let fault: EntryFault
  init(_ fault: EntryFault) { self.fault = fault }
}

/// Gives libarchive the header, then the packed bytes.
private final class Source {
  private let header: UnsafeMutableRawBufferPointer
  private let file: FileWindow
  private var isHeaderSent = false
  private var rest: Range<Int>

  init(_ entry: Entry, _ data: Range<Int>, _ file: FileWindow) {
    let bytes = Self.header(of: entry)
    header = .allocate(byteCount: bytes.count, alignment: 1)
    header.copyBytes(from: bytes)
    self.file = file
    rest = data
  }

  deinit { header.deallocate() }

  /// The next bytes; empty at the end.
  func next() -> UnsafeRawBufferPointer {
    guard isHeaderSent else {
      isHeaderSent = true
      return UnsafeRawBufferPointer(header)
    }
    let part = file.part(at: rest.lowerBound, atMost: rest.count)
    rest = rest.dropFirst(part.count)
    return part
  }

  /// A local header with the directory's numbers, because the archive's own may lack them.
  private static func header(of entry: Entry) -> [UInt8] {
    var bytes: [UInt8] = [0x50, 0x4B, 3, 4]
    bytes.append(short: 20)
    // Keeps only the compressor's options.
    bytes.append(short: entry.flags & 6)
    bytes.append(short: entry.method)
    bytes.append(long: 0)
    bytes.append(long: entry.checksum)
    bytes.append(long: entry.packedSize)
    bytes.append(long: entry.size)
    bytes.append(short: 1)
    bytes.append(short: 0)
    return bytes + [UInt8(ascii: "e")]
  }
}

private func nextPart(
  _: OpaquePointer?, _ client: UnsafeMutableRawPointer?,
  _ start: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
  guard let client else { return -1 }
  let part = Unmanaged<Source>.fromOpaque(client).takeUnretainedValue().next()
  start?.pointee = part.baseAddress
  return part.count
}
