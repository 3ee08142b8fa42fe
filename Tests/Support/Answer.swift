package import HTTP

/// A test expected something that does not exist.
package struct Missing: Error, CustomStringConvertible {
  package let description: String

  /// An error with a description of the missing thing.
  package init(description: String) { self.description = description }
}

/// An answer as a client sees it.
package struct Answer {
  package let status: Int
  package let headers: [String: String]
  package let body: [UInt8]

  /// The answer with its body read to the end.
  package init(_ response: Response) throws {
    status = response.status
    headers = Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
    switch response.body {
    case .none: body = []
    case .bytes(let bytes): body = bytes
    case .stream(let write):
      let sink = MemorySink()
      try write(sink)
      body = sink.bytes
    }
  }

  /// The body as JSON.
  package var json: JSON { get throws { try JSON(parsing: body) } }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// The sentence of an error.
  package var detail: String { get throws { try json["detail"].string } }

  /// The names of the body's members in order, or of the first object in its list.
  package var keys: [String] {
    var (keys, text): ([String], [UInt8]) = ([], [])
    var (depth, isInText, isEscaped) = (0, false, false)
    for byte in body.drop(while: { $0 != UInt8(ascii: "{") }) {
      switch byte {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\") where isInText: isEscaped = true
      case UInt8(ascii: "\""):
        isInText.toggle()
        if isInText { text = [] }
      case _ where isInText: text.append(byte)
      case UInt8(ascii: ":") where depth == 1: keys.append(String(decoding: text, as: UTF8.self))
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      if depth == 0 { break }
    }
    return keys
  }
}

extension Array {
  /// An element, so that a missing one fails the test and does not end the process.
  package subscript(at index: Int) -> Element {
    get throws {
      guard indices.contains(index) else {
        throw Missing(description: "no element \(index) of \(count): \(self)")
      }
      return self[index]
    }
  }
}

extension JSON {
  /// A member of an object.
  package subscript(name: String) -> JSON {
    get throws {
      guard case .object(let members) = self, let member = members[name] else {
        throw Missing(description: "no member \(name) in \(self)")
      }
      return member
    }
  }

  /// An element of an array, so that a missing one fails the test and does not end the process.
  package subscript(index: Int) -> JSON {
    get throws {
      let elements = try elements
      guard elements.indices.contains(index) else {
        throw Missing(description: "no element \(index) in \(self)")
      }
      return elements[index]
    }
  }

  /// The text of a string.
  package var string: String {
    get throws {
      guard case .string(let text) = self else { throw Missing(description: "no text: \(self)") }
      return text
    }
  }

  /// A whole number.
  package var int: Int {
    get throws {
      guard case .int(let number) = self else { throw Missing(description: "no int: \(self)") }
      return number
    }
  }

  /// A number.
  package var double: Double {
    get throws {
      switch self {
      case .double(let number): return number
      case .int(let number): return Double(number)
      default: throw Missing(description: "no number: \(self)")
      }
    }
  }

  /// The elements of an array.
  package var elements: [JSON] {
    get throws {
      guard case .array(let elements) = self else {
        throw Missing(description: "no array: \(self)")
      }
      return elements
    }
  }

  /// A truth value.
  package var bool: Bool {
    get throws {
      guard case .bool(let value) = self else { throw Missing(description: "no truth: \(self)") }
      return value
    }
  }

  /// The texts of an array.
  package var strings: [String] { get throws { try elements.map { try $0.string } } }

  /// The names of an object's members.
  package var keys: Set<String> {
    get throws {
      guard case .object(let members) = self else {
        throw Missing(description: "no object: \(self)")
      }
      return Set(members.keys)
    }
  }
}

private final class MemorySink: BodySink {
  var bytes: [UInt8] = []
  func write(_ more: UnsafeRawBufferPointer) { bytes += more }
}
