/// A path on this host as the kernel has it: bytes, which need not be text.
package struct HostPath: Sendable {
  /// Without the NUL at its end.
  private let bytes: [UInt8]

  /// The path that a person has given.
  package init(_ text: String) { bytes = Array(text.utf8) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// An entry of this directory; its name ends before its first NUL.
  package func appending(_ name: UnsafeRawBufferPointer) -> HostPath {
    HostPath(bytes: bytes + [UInt8(ascii: "/")] + name.prefix { $0 != 0 })
  }

  /// The path to be shown, what is no UTF-8 replaced.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Calls with the path as C has it.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows
    -> Result
  {
    try (bytes + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("it holds a NUL at least") }
      return try body(start)
    }
  }

  /// Whether it comes first in the order of bytes.
  package static func < (one: HostPath, other: HostPath) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }
}
