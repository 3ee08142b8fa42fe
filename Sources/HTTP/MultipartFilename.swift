/// The forms of a file name in a multipart header.
struct SpelledFilename {
  private let parameters: [String: [UInt8]]

  init(_ parameters: [String: [UInt8]]) { self.parameters = parameters }

  /// The cleaned name; nil when the part is not a file, empty when no file was chosen.
  ///
  /// When one form cannot be decoded, the next is tried, as in RFC 6266.
  var name: String? {
    if let name = extended ?? continued ?? plain { return Filename.cleaned(name) }
    let isFile = parameters.keys.contains { $0.hasPrefix("filename*") }
    return isFile ? Filename.unnamed : nil
  }

  private var plain: String? {
    parameters["filename"].map { String(decoding: Self.unescaped($0), as: UTF8.self) }
  }

  private var extended: String? { parameters["filename*"].flatMap(Self.extended) }

  /// Decodes `filename*0*=UTF-8''na%C3%AF; filename*1="ve.jpg"`, the pieces of RFC 2231.
  private var continued: String? {
    var bytes: [UInt8] = []
    var charset: [UInt8] = []
    var number = 0
    while true {
      if let piece = parameters["filename*\(number)"] {
        bytes += piece
      } else if let piece = parameters["filename*\(number)*"] {
        var text = piece[...]
        if number == 0 {
          guard let (name, rest) = Self.charset(of: piece) else { return nil }
          (charset, text) = (name, rest)
        }
        guard let decoded = Self.percentDecoded(text) else { return nil }
        bytes += decoded
      } else {
        return number == 0 ? nil : Self.text(bytes, in: charset)
      }
      number += 1
    }
  }

  /// Decodes the escapes that browsers use in a quoted name: only `%22`, `%0D` and `%0A`.
  static func unescaped(_ value: [UInt8]) -> [UInt8] {
    guard value.contains(UInt8(ascii: "%")) else { return value }
    var result: [UInt8] = []
    var rest = value[...]
    while let byte = rest.first {
      if let escaped = escapes.first(where: { rest.prefix(3).elementsEqual($0.code.utf8) }) {
        result.append(escaped.byte)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static let escapes: [(code: String, byte: UInt8)] = [
    ("%22", UInt8(ascii: "\"")), ("%0D", 13), ("%0A", 10), ("%0d", 13), ("%0a", 10),
  ]

  /// Decodes `UTF-8''na%C3%AFve.jpg` (RFC 8187); nil when malformed or in an unknown character set.
  private static func extended(_ value: [UInt8]) -> String? {
    guard let (charset, text) = charset(of: value), !charset.isEmpty,
      let bytes = percentDecoded(text)
    else { return nil }
    return Self.text(bytes, in: charset)
  }

  /// Returns the character set, and the text after the character set and the language.
  private static func charset(of value: [UInt8]) -> (name: [UInt8], rest: ArraySlice<UInt8>)? {
    let pieces = value.split(
      separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
    return pieces.count == 3 ? (Array(pieces[0]), pieces[2]) : nil
  }

  private static func text(_ bytes: [UInt8], in charset: [UInt8]) -> String? {
    switch String(decoding: charset, as: UTF8.self).lowercased() {
    case "utf-8", "": return String(decoding: bytes, as: UTF8.self)
    case "iso-8859-1":
      var text = String.UnicodeScalarView()
      text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
      return String(text)
    default: return nil
    }
  }

  private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Path.hexDigit),
        let low = rest.popFirst().flatMap(Path.hexDigit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
