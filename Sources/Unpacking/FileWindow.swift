internal import Glibc

/// Reads a file of any size through a memory mapping that moves along.
///
/// It does not change the descriptor's offset, which the parent shares. If the file is truncated
/// meanwhile, this process dies and only this archive fails.
package final class FileWindow {
  private static let step = 64 << 10
  private static let span = 16 * step

  /// The file's size when it was opened, in bytes.
  package let size: Int
  private let descriptor: Int32
  private var mapped = UnsafeRawBufferPointer(start: nil, count: 0)
  private var origin = 0

  /// Opens a window; nil when it is not a regular file.
  package init?(_ descriptor: Int32) {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    self.descriptor = descriptor
    size = Int(facts.st_size)
  }

  deinit { unmap() }

  /// Copies `count` bytes; nil when the file ends before.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let part = part(at: offset + bytes.count, atMost: count - bytes.count)
      guard !part.isEmpty else { return nil }
      bytes.append(contentsOf: part)
    }
    return bytes
  }

  /// The next bytes, at least one of them inside the file, valid until the next call.
  func part(at offset: Int, atMost count: Int) -> UnsafeRawBufferPointer {
    guard offset >= 0, offset < size, move(to: offset) else { return .init(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: mapped.dropFirst(offset - origin).prefix(count))
  }

  private func move(to offset: Int) -> Bool {
    if offset >= origin, offset < origin + mapped.count { return true }
    unmap()
    origin = offset / Self.step * Self.step
    let length = min(Self.span, size - origin)
    guard let start = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, off_t(origin)),
      start != MAP_FAILED
    else { return false }
    mapped = UnsafeRawBufferPointer(start: start, count: length)
    return true
  }

  private func unmap() {
    if let start = mapped.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), mapped.count)
    }
    mapped = UnsafeRawBufferPointer(start: nil, count: 0)
  }
}
