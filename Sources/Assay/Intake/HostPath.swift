/// A path on this host as bytes, which may not be valid text.
package struct HostPath: Sendable {
  /// The bytes without the final NUL.
  private let bytes: [UInt8]

  /// Makes a path from text.
  package init(_ text: String) { bytes = Array(text.utf8) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the path of an entry in this directory; its name ends before the first NUL.
  package func appending(_ name: UnsafeRawBufferPointer) -> HostPath {
    HostPath(bytes: bytes + [UInt8(ascii: "/")] + name.prefix { $0 != 0 })
  }

  /// The path for display, with invalid UTF-8 replaced.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Calls `body` with the path as a C string.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows
    -> Result
  {
    try (bytes + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("it holds a NUL at least") }
      return try body(start)
    }
  }

  /// Whether a path sorts before another, by bytes.
  package static func < (one: HostPath, other: HostPath) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }
}
