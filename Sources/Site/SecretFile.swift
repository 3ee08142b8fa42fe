internal import Cryptography
internal import Glibc

/// Reads files named by settings: secrets, which must not be world-readable, and documents.
enum SecretFile {
  /// Returns the text of a secret: visible ASCII.
  /// - Throws: `ConfigError` when the file cannot be read, or is world-readable.
  static func text(_ path: String) throws(ConfigError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & 0o007 == 0 else {
      throw ConfigError(description: "\(path) is readable by everybody: chmod it to 600.")
    }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    let text = String(decoding: buffer[..<count], as: UTF8.self).filter { !$0.isWhitespace }
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ConfigError(description: "\(path) must hold one line of visible ASCII characters.")
    }
    return text
  }

  /// Returns a key of our own: 64 hexadecimal digits with enough different bytes to be random.
  static func key(_ path: String) throws(ConfigError) -> String {
    let text = try text(path)
    guard text.utf8.count == 64, let key = Hex.decode(text), Set(key).count > 8 else {
      throw ConfigError(description: "\(path) must hold 64 random hexadecimal digits.")
    }
    return text
  }

  private static func unreadable(_ path: String) -> ConfigError {
    ConfigError(description: "\(path) cannot be read: \(String(cString: strerror(errno))).")
  }

  /// Returns a file without secrets, up to 256 KiB.
  static func document(_ path: String) throws(ConfigError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    return Array(buffer[..<count])
  }
}
