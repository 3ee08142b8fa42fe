/// Builds archives byte by byte, valid or invalid.
package struct Zip: Sendable {
  /// A file of an archive; values that are set replace the correct ones.
  package struct File: Sendable {
    package var name: [UInt8]
    package var data: [UInt8]
    /// The packed data; nil to store the data without compression.
    package var packed: [UInt8]?
    package var method = 0
    package var flags = 0
    package var checksum: UInt32?
    package var size: Int?
    package var packedSize: Int?
    package var offset: Int?
    package var host = 3
    package var attributes = 0o100644 << 16
    package var extra: [UInt8] = []
    /// Whether sizes and checksum follow the data, with zeros in the local header.
    package var hasDescriptor = false
    /// Whether it exists only in the directory, without a local header and data.
    package var isGhost = false

    package init(_ name: String, _ data: [UInt8] = Array("data".utf8)) {
      self.name = Array(name.utf8)
      self.data = data
    }
  }

  package var files: [File] = []
  package var before: [UInt8] = []
  package var after: [UInt8] = []
  package var comment: [UInt8] = []
  package var betweenDirectoryAndEnd: [UInt8] = []
  /// Replaces the count in the end of the directory.
  package var count: Int?
  package var directorySize: Int?
  package var directoryOffset: Int?
  package var disk = 0
  package var isZip64 = false

  package init(_ files: [File] = []) { self.files = files }

  package var bytes: [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for file in files {
      let offset = body.count
      if !file.isGhost { body += file.local }
      directory += file.record(at: file.offset ?? offset)
    }
    let end = self.end(directory.count, body.count)
    return before + body + directory + betweenDirectoryAndEnd + end + after
  }

  private func end(_ size: Int, _ offset: Int) -> [UInt8] {
    let count = self.count ?? files.count
    let (size, offset) = (directorySize ?? size, directoryOffset ?? offset)
    let comment = little(comment.count, 2) + comment
    if !isZip64 {
      return mark(5, 6) + little(disk, 2) + little(disk, 2) + little(count, 2) + little(count, 2)
        + little(size, 4) + little(offset, 4) + comment
    }
    let wide =
      mark(6, 6) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) + little(count, 8)
      + little(count, 8) + little(size, 8) + little(offset, 8)
    let locator = mark(6, 7) + little(0, 4) + little(size &+ offset, 8) + little(1, 4)
    return wide + locator + mark(5, 6) + little(0, 4) + little(0xFFFF, 2) + little(0xFFFF, 2)
      + little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4) + comment
  }
}

extension Zip.File {
  fileprivate var facts: [UInt8] {
    little(Int(checksum ?? crc32(data)), 4) + little(packedSize ?? (packed ?? data).count, 4)
      + little(size ?? data.count, 4)
  }

  package var local: [UInt8] {
    let flags = self.flags | (hasDescriptor ? 8 : 0)
    return mark(3, 4) + little(20, 2) + little(flags, 2) + little(method, 2) + little(0, 4)
      + (hasDescriptor ? little(0, 12) : facts) + little(name.count, 2) + little(0, 2) + name
      + (packed ?? data) + (hasDescriptor ? mark(7, 8) + facts : [])
  }

  fileprivate func record(at offset: Int) -> [UInt8] {
    let flags = self.flags | (hasDescriptor ? 8 : 0)
    return mark(1, 2) + little(host << 8 | 20, 2) + little(20, 2) + little(flags, 2)
      + little(method, 2) + little(0, 4) + facts + little(name.count, 2) + little(extra.count, 2)
      + little(0, 6) + little(attributes, 4) + little(offset, 4) + name + extra
  }
}

package func mark(_ third: UInt8, _ fourth: UInt8) -> [UInt8] { [0x50, 0x4B, third, fourth] }

package func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
}

package func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { sum, byte in checksums[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
}

private let checksums: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
}
