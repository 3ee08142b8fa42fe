/// The headers of one multipart part.
package struct PartHeaders: Sendable, Equatable {
  /// The form field's name.
  package let name: String
  /// The file's name, safe to show and store.
  ///
  /// It is empty when no file was chosen in the form, and nil when the part is not a file.
  package let filename: String?
  /// The declared media type as sent; nil when absent.
  package let contentType: String?

  static var malformed: Problem { .badRequest("The headers of a multipart part are malformed.") }

  /// Parses complete header lines, each ending in CR LF.
  /// - Throws: 400 when they are malformed or have no field name.
  init(parsing head: [UInt8]) throws(Problem) {
    var fields: [String: ArraySlice<UInt8>] = [:]
    for line in Self.unfolded(head) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw Self.malformed }
      let field = line[..<colon]
      guard !field.isEmpty, field.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw Self.malformed
      }
      let name = String(decoding: field, as: UTF8.self).lowercased()
      // A repeated header is refused, because proxies may read it differently than this code.
      guard fields.updateValue(line[(colon + 1)...].trimmingBlanks(), forKey: name) == nil else {
        throw Self.malformed
      }
    }
    try Self.checkEncoding(fields["content-transfer-encoding"])
    guard let disposition = fields["content-disposition"].flatMap(HeaderValue.init),
      disposition.main == "form-data", let name = disposition.parameters["name"]
    else {
      throw .badRequest("A multipart part needs Content-Disposition: form-data with a name.")
    }
    self.name = Filename.text(SpelledFilename.unescaped(name))
    filename = SpelledFilename(disposition.parameters).name
    contentType = fields["content-type"].map(Filename.text)
  }

  /// Returns the header lines without line ends, with continued lines joined.
  private static func unfolded(_ head: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    for line in head.split(separator: UInt8(ascii: "\n")) {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty { continue }
      if line.first?.isBlank == true, let previous = lines.popLast() {
        lines.append(previous + line)
      } else {
        lines.append(line)
      }
    }
    return lines
  }

  /// Refuses a transfer encoding: RFC 7578 deprecates it, and the stored bytes would not be the
  /// file's.
  private static func checkEncoding(_ encoding: ArraySlice<UInt8>?) throws(Problem) {
    guard let encoding else { return }
    let word = String(decoding: encoding, as: UTF8.self).lowercased()
    guard ["binary", "8bit", "7bit"].contains(word) else {
      throw .badRequest("A multipart part must be sent as binary, without a transfer encoding.")
    }
  }
}
