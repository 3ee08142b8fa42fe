package import Cryptography

internal import Glibc

/// An uploaded file without its final name.
///
/// It is hashed as it arrives, and removed unless it is kept.
package final class IncomingFile {
  /// The path of the file.
  package let path: String
  /// The open file; -1 while it rests.
  package private(set) var descriptor: Int32
  private var isResting = false
  /// Whether this process created the file, and so removes it unless it is kept.
  let isOurs: Bool
  /// Whether the store has given the file its final name.
  package var isKept = false
  /// The number of bytes received.
  package private(set) var size = 0
  /// The first bytes, for libmagic.
  package private(set) var head: [UInt8] = []
  private let hash = SHA256()
  private var pending: [UInt8] = []

  /// The number of bytes that libmagic reads.
  private static let headLength = 4096
  /// The size of reads and writes; larger ones are fewer.
  private static let pieceLength = 256 << 10

  /// Creates a file for bytes that are still to come.
  init(creating path: String) throws {
    self.path = path
    isOurs = true
    descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw StoreError("cannot create a file in the store") }
  }

  /// Opens a file that another process wrote, such as nginx; nil when there is none.
  init?(reading path: String) throws {
    self.path = path
    isOurs = false
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError("cannot read \(path)")
    }
    try readAll()
  }

  deinit {
    guard descriptor >= 0 || isResting else { return }
    if descriptor >= 0 { close(descriptor) }
    if isOurs, !isKept { unlink(path) }
  }

  /// Appends bytes.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    note(bytes)
    pending.append(contentsOf: bytes)
    if pending.count >= Self.pieceLength { try flush() }
  }

  /// Writes the buffered bytes.
  package func flush() throws {
    try pending.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        guard count >= 0 || errno == EINTR else { throw StoreError("cannot write to the store") }
        written += max(0, count)
      }
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Returns the SHA-256 of all bytes; call it once, when the file is complete.
  package func digest() -> Digest { hash.finish() }

  private func note(_ bytes: UnsafeRawBufferPointer) {
    size += bytes.count
    if head.count < Self.headLength {
      head.append(contentsOf: bytes.prefix(Self.headLength - head.count))
    }
    hash.update(bytes)
  }

  /// Reads and hashes bytes that another process has written to the file.
  func readAll() throws { try eachPiece { note($0) } }

  /// Reads the whole file from the beginning, in pieces.
  package func eachPiece(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    lseek(descriptor, 0, SEEK_SET)
    var piece = [UInt8](repeating: 0, count: Self.pieceLength)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return }
      guard count > 0 || errno == EINTR else { throw StoreError("cannot read \(path)") }
      try piece.withUnsafeBytes {
        try take(UnsafeRawBufferPointer(rebasing: $0.prefix(max(0, count))))
      }
    }
  }

  /// Closes the descriptor until the file is processed, because thousands may wait.
  package func rest() {
    close(descriptor)
    (descriptor, isResting) = (-1, true)
  }

  /// Opens the file again after `rest`.
  package func wake() throws {
    descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw StoreError("cannot read \(path)") }
  }
}
