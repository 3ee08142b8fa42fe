internal import CJansson

/// A parsed JSON value.
package indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// The number of characters of a key that an error repeats.
  private static let longestName = 80
  /// The maximum nesting depth, well above that of any wire type.
  static let deepest = 32

  /// Parses a document with jansson: strict UTF-8, no repeated keys.
  ///
  /// Some values that jansson cannot hold are approximated, because ignored members may contain
  /// them: numbers beyond 64 bits become floating-point numbers, and a NUL in a key becomes U+0001.
  /// - Throws: 400 with the position of the error.
  package init(parsing bytes: [UInt8]) throws(Problem) {
    guard !bytes.isEmpty else { throw .badRequest("The body is empty: send JSON.") }
    do throws(JSONFault) {
      try self.init(reading: bytes)
    } catch {
      let reason = error.reason.map { ": \($0)." } ?? "."
      guard error.line > 0 else { throw .badRequest("The body is not accepted as JSON\(reason)") }
      throw .badRequest(
        "The body is not valid JSON (line \(error.line), column \(error.column))\(reason)")
    }
  }

  /// Parses a document that is not a request body.
  package init(reading bytes: [UInt8]) throws(JSONFault) {
    // An empty array may have no address, and jansson then gives no position.
    guard !bytes.isEmpty else { throw JSONFault("it is empty") }
    var fault = json_error_t()
    var parsed = Self.load(bytes, 0, &fault)
    if parsed == nil, json_error_code(&fault) == json_error_null_byte_in_key {
      parsed = Self.load(Self.withoutNUL(bytes), 0, &fault)
    }
    if parsed == nil, json_error_code(&fault) == json_error_numeric_overflow {
      parsed = Self.load(Self.withoutNUL(bytes), JSON_DECODE_INT_AS_REAL, &fault)
    }
    guard let parsed else { throw JSONFault(&fault, in: bytes) }
    defer { json_decref(parsed) }
    self = try Self.convert(parsed, depth: 0)
  }

  private static func load(
    _ bytes: [UInt8], _ flag: Int32, _ fault: inout json_error_t
  ) -> UnsafeMutablePointer<json_t>? {
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | flag
    return bytes.withUnsafeBytes { buffer in
      json_loadb(buffer.baseAddress, buffer.count, Int(flags), &fault)
    }
  }

  /// Replaces every escaped NUL by U+0001.
  private static func withoutNUL(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var place = 0
    while place + 5 < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      if bytes[(place + 1)...].starts(with: "u0000".utf8) { bytes[place + 5] = UInt8(ascii: "1") }
      place += 2
    }
    return bytes
  }

  private static func convert(
    _ value: UnsafeMutablePointer<json_t>, depth: Int
  ) throws(JSONFault) -> JSON {
    guard depth <= deepest else { throw JSONFault("it is nested too deeply") }
    switch value.pointee.type {
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    case JSON_INTEGER: return .int(Int(json_integer_value(value)))
    case JSON_REAL: return .double(json_real_value(value))
    case JSON_STRING: return .string(text(value))
    case JSON_ARRAY:
      var elements: [JSON] = []
      for index in 0..<json_array_size(value) {
        guard let element = json_array_get(value, index) else { break }
        elements.append(try convert(element, depth: depth + 1))
      }
      return .array(elements)
    case JSON_OBJECT:
      var members: [String: JSON] = [:]
      var iterator = json_object_iter(value)
      while let current = iterator {
        if let key = json_object_iter_key(current), let member = json_object_iter_value(current) {
          let value = try convert(member, depth: depth + 1)
          // Jansson compares keys as bytes, a dictionary compares them as text in any normal form.
          guard members.updateValue(value, forKey: String(cString: key)) == nil else {
            // Counts scalars, because one character may have any number of them.
            let name = String(
              String.UnicodeScalarView(
                String(cString: key).unicodeScalars.prefix(Self.longestName)))
            throw JSONFault("the key \"\(name)\" appears twice")
          }
        }
        iterator = json_object_iter_next(value, current)
      }
      return .object(members)
    default: return .null
    }
  }

  private static func text(_ value: UnsafeMutablePointer<json_t>) -> String {
    guard let start = json_string_value(value) else { return "" }
    let bytes = UnsafeRawBufferPointer(start: start, count: json_string_length(value))
    return String(decoding: bytes, as: UTF8.self)
  }
}
