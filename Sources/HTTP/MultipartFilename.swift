/// The ways in which a multipart header spells a file's name.
struct SpelledFilename {
  private let parameters: [String: [UInt8]]

  init(_ parameters: [String: [UInt8]]) { self.parameters = parameters }

  /// The name, cleaned; nil when the part is no file, empty when a form had no file chosen.
  ///
  /// A spelling that cannot be read gives way to the next, as RFC 6266 has it.
  var name: String? {
    if let name = extended ?? continued ?? plain { return Filename.cleaned(name) }
    let isFile = parameters.keys.contains { $0.hasPrefix("filename*") }
    return isFile ? Filename.unnamed : nil
  }

  private var plain: String? {
    parameters["filename"].map { String(decoding: Self.unescaped($0), as: UTF8.self) }
  }

  private var extended: String? { parameters["filename*"].flatMap(Self.extended) }

  /// `filename*0*=UTF-8''na%C3%AF; filename*1="ve.jpg"`, the pieces of RFC 2231.
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

  /// Undoes what browsers do to a quoted name: `%22`, `%0D` and `%0A`, nothing else.
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

  /// Decodes `UTF-8''na%C3%AFve.jpg` (RFC 8187); nil when malformed or of another character set.
  private static func extended(_ value: [UInt8]) -> String? {
    guard let (charset, text) = charset(of: value), !charset.isEmpty,
      let bytes = percentDecoded(text)
    else { return nil }
    return Self.text(bytes, in: charset)
  }

  /// The character set, and what follows it and the language.
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
