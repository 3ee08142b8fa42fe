package import Postgres

internal import Cryptography
internal import Glibc

/// The last entry of the audit log at some time, noted in a file that the database cannot write.
///
/// Each entry's hash covers all earlier entries, so one head protects them all. The owner of the
/// tables can rewrite the whole log, but not these notes.
package struct AuditHead: Equatable, Sendable {
  /// The entry's number; 0 when there is none yet.
  package let number: Int
  /// The entry's hash in hexadecimal digits.
  package let hash: String

  /// Makes a head from another source, for example a line of the journal.
  package init(number: Int, hash: String) { (self.number, self.hash) = (number, hash) }

  /// The reason why heads cannot be written or read, as one sentence.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// Appends the log's head to a file, unless it is the last one there.
  /// - Throws: `Refusal` when the log differs from the heads in the file.
  package static func note(in path: String, _ db: Connection) throws -> AuditHead {
    let noted = try noted(in: path)
    if let number = try firstChanged(of: noted, db) {
      throw Refusal(
        description: "entry \(number) differs from its note: the log was rewritten")
    }
    let (number, hash) = try AuditQueries.head(db)
    let head = AuditHead(number: number, hash: hash)
    if number > 0, noted.last != head { try head.append(to: path) }
    return head
  }

  /// Returns the heads in a file, oldest first; empty when there is no file.
  package static func noted(in path: String) throws -> [AuditHead] {
    guard let text = try text(of: path) else { return [] }
    return try text.split(separator: "\n").map { line in
      guard let head = AuditHead(String(line)) else {
        throw Refusal(description: "\(path) has an invalid line: \(line.prefix(80))")
      }
      return head
    }
  }

  /// Returns the heads in a file, for a comparison with the log.
  /// - Throws: `Refusal` when there are none, because the comparison would always succeed.
  package static func kept(in path: String) throws -> [AuditHead] {
    let heads = try noted(in: path)
    guard !heads.isEmpty else {
      throw Refusal(description: "\(path) has no heads: check that assay-audit.timer runs")
    }
    return heads
  }

  /// Returns the number of the first head that is not in the log, or nil.
  static func firstChanged(
    of heads: [AuditHead], _ db: Connection
  ) throws(PostgresError) -> Int? {
    try AuditQueries.firstChanged(heads.map(\.number), heads.map(\.hash), db)
  }

  /// Parses a line: the number, a space, the hash.
  private init?(_ line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let number = Int(words[0]), number > 0,
      Hex.decode(String(words[1]))?.count == 32
    else { return nil }
    self.init(number: number, hash: String(words[1]))
  }

  private static func text(of path: String) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("read", path)
    }
    defer { close(descriptor) }
    var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = read(descriptor, &piece, piece.count)
      guard count >= 0 else { throw failure("read", path) }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece.prefix(count)
    }
  }

  private func append(to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("write", path) }
    defer { close(descriptor) }
    let line = Array("\(number) \(hash)\n".utf8)
    guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
      throw Self.failure("write", path)
    }
  }

  private static func failure(_ verb: String, _ path: String) -> Refusal {
    Refusal(description: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
