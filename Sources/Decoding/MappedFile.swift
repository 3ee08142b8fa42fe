internal import CLinux
internal import Glibc
internal import Imaging

/// A memory-mapped file: the descriptor's offset, which is shared with the parent, is not used.
///
/// Writes to the bytes do not change the file.
struct MappedFile: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  /// Throws `refused` unless it is a regular file that is not empty.
  init(_ descriptor: Int32) throws(DecodeFailure) {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw .refused("This is not a file.")
    }
    guard facts.st_size > 0 else { throw .refused("The file is empty.") }
    let size = Int(facts.st_size)
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw .refused("The file is too large to decode.") }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}
