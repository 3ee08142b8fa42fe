/// What the headers of one part say.
package struct PartHeaders: Sendable, Equatable {
  /// The form field's name.
  package let name: String
  /// The file's own name, safe to show and store; empty when a form had no file chosen, nil when
  /// the part is no file.
  package let filename: String?
  /// The declared media type as sent; nil when there is none.
  package let contentType: String?

  static var malformed: Problem { .badRequest("The headers of a multipart part are malformed.") }

  /// Reads whole header lines, each ending in CR LF.
  /// - Throws: 400 when they are malformed or name no form field.
  init(parsing head: [UInt8]) throws(Problem) {
    var fields: [String: ArraySlice<UInt8>] = [:]
    for line in Self.unfolded(head) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw Self.malformed }
      let field = line[..<colon]
      guard !field.isEmpty, field.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw Self.malformed
      }
      let name = String(decoding: field, as: UTF8.self).lowercased()
      // Two of them could be read one way here and the other way in front of us.
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

  /// The header lines without their ends, continued lines joined.
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

  /// RFC 7578 took encoded parts away; to store one as it came would be to store other bytes.
  private static func checkEncoding(_ encoding: ArraySlice<UInt8>?) throws(Problem) {
    guard let encoding else { return }
    let word = String(decoding: encoding, as: UTF8.self).lowercased()
    guard ["binary", "8bit", "7bit"].contains(word) else {
      throw .badRequest("A multipart part must be sent as binary, without a transfer encoding.")
    }
  }
}
