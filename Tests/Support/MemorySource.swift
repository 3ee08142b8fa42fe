internal import HTTP

/// A request's parameters and body in memory.
final class MemorySource: RequestSource {
  private let parameters: [String: String]
  /// The bytes of the body that were not read.
  private(set) var rest: ArraySlice<UInt8>

  /// A request of these CGI parameters and this body.
  init(_ parameters: [String: String], _ body: [UInt8]) {
    self.parameters = parameters
    rest = body[...]
  }

  func parameter(_ name: String) -> String? { parameters[name] }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = rest.prefix(buffer.count)
    buffer.copyBytes(from: piece)
    rest = rest.dropFirst(piece.count)
    return piece.count
  }
}

/// A multipart form with files.
package struct Form: Sendable {
  package let bytes: [UInt8]
  package let contentType = "multipart/form-data; boundary=----assay-test-7MA4YWxkTrZu0gW"

  /// A form of these bytes, which may be malformed.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// A form with files in the field `files`, or another, followed by fields.
  package init(
    _ files: [(name: String, bytes: [UInt8])], field: String = "files",
    fields: [(name: String, value: String)] = []
  ) {
    var bytes: [UInt8] = []
    for file in files {
      bytes += Array(
        """
        ------assay-test-7MA4YWxkTrZu0gW\r
        Content-Disposition: form-data; name="\(field)"; filename="\(file.name)"\r
        Content-Type: application/octet-stream\r
        \r

        """.utf8)
      bytes += file.bytes + Array("\r\n".utf8)
    }
    for (name, value) in fields {
      bytes += Array(
        """
        ------assay-test-7MA4YWxkTrZu0gW\r
        Content-Disposition: form-data; name="\(name)"\r
        \r
        \(value)\r

        """.utf8)
    }
    bytes += Array("------assay-test-7MA4YWxkTrZu0gW--\r\n".utf8)
    self.bytes = bytes
  }
}
