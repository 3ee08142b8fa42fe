internal import Cryptography
internal import Glibc

/// A file that has not been named by its content yet: hashed on its way in, removed unless kept.
final class IncomingFile {
  let path: String
  private(set) var descriptor: Int32
  private var isResting = false
  /// Whether it was made by us, so that we remove it when nobody keeps it.
  let isOurs: Bool
  /// Whether the store has given the file its final name.
  var isKept = false
  /// Bytes received.
  private(set) var size = 0
  /// The first bytes, for libmagic.
  private(set) var head: [UInt8] = []
  private let hash = SHA256()
  private var pending: [UInt8] = []

  /// libmagic sees this much.
  private static let headLength = 4096
  /// Fewer, larger reads and writes.
  private static let pieceLength = 256 << 10

  /// A new file for bytes that are still coming.
  init(creating path: String) throws {
    self.path = path
    isOurs = true
    descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw StoreError("cannot create a file in the store") }
  }

  /// A file that somebody else has written, such as nginx; nil when there is none.
  init?(reading path: String) throws {
    self.path = path
    isOurs = false
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
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

  /// Takes the next bytes.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    note(bytes)
    pending.append(contentsOf: bytes)
    if pending.count >= Self.pieceLength { try flush() }
  }

  /// Writes what is left.
  func flush() throws {
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

  /// The SHA-256 of all bytes; to be asked once, when they are complete.
  func digest() -> Digest { hash.finish() }

  private func note(_ bytes: UnsafeRawBufferPointer) {
    size += bytes.count
    if head.count < Self.headLength {
      head.append(contentsOf: bytes.prefix(Self.headLength - head.count))
    }
    hash.update(bytes)
  }

  /// Takes note of bytes that somebody else has written to the file.
  func readAll() throws { try eachPiece { note($0) } }

  /// Reads the whole file from its beginning, piece by piece.
  func eachPiece(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
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

  /// Gives the descriptor back until the file's turn comes: thousands may be waiting.
  func rest() {
    close(descriptor)
    (descriptor, isResting) = (-1, true)
  }

  /// Opens a resting file again.
  func wake() throws {
    descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw StoreError("cannot read \(path)") }
  }
}
