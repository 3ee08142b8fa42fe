package import HTTP

/// An answer as it was received.
package struct WebAnswer: Sendable {
  package let status: Int
  /// The headers in order, with names in lower case.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  /// Parses the last answer in these bytes, which may follow interim ones.
  /// - Throws: when there is none.
  package init(parsing bytes: [UInt8]) throws {
    var rest = bytes[...]
    var status = 0
    var headers: [(name: String, value: String)] = []
    repeat {
      guard let end = Self.endOfHead(rest) else {
        throw Missing(description: "no answer in \(bytes.count) bytes")
      }
      let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
      let words = (lines.first ?? "").split(separator: " ")
      guard words.count > 1, words[0].hasPrefix("HTTP/"), let code = Int(words[1]) else {
        throw Missing(description: "no status line: \(lines.first ?? "")")
      }
      status = code
      headers = lines.dropFirst().map(Self.header)
      rest = rest[(end + 4)...]
    } while (100..<200).contains(status)
    self.status = status
    self.headers = headers
    body = Array(rest)
  }

  /// An answer with these parts.
  package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// All values of a header.
  package func values(_ name: String) -> [String] {
    headers.filter { $0.name == name.lowercased() }.map(\.value)
  }

  /// The only value of a header; nil when it is missing or repeated.
  package func header(_ name: String) -> String? {
    let found = values(name)
    return found.count == 1 ? found[0] : nil
  }

  /// The body as JSON.
  package var json: JSON { get throws { try JSON(parsing: body) } }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  private static func endOfHead(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.dropLast(3).first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
  }

  private static func header(_ line: Substring) -> (name: String, value: String) {
    let parts = line.split(separator: ":", maxSplits: 1)
    let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
    return (parts[0].lowercased(), String(value))
  }
}

/// A file of an upload form.
package struct WebFile: Sendable {
  package let name: String
  package let path: String

  /// A file at a path, sent under a name.
  package init(_ name: String, at path: String) {
    self.name = name
    self.path = path
  }
}

/// A request that curl makes; secrets are passed to it only through standard input.
package struct Curl: Sendable {
  private var lines: [String] = []
  private let seconds: Int

  /// A request to an address.
  package init(_ method: String, _ address: String, authority: String, seconds: Int) {
    self.seconds = seconds
    option("url", address)
    option("cacert", authority)
    option("max-time", "\(seconds)")
    lines += ["silent", "show-error", "include", "globoff", "path-as-is"]
    if method == "HEAD" { lines.append("head") } else { option("request", method) }
  }

  /// Adds an option of curl by its long name.
  package mutating func option(_ name: String, _ value: String) {
    lines.append("\(name) = \(Self.quoted(value))")
  }

  /// Adds a file to the form.
  package mutating func form(_ file: WebFile, field: String = "files") {
    option("form", "\(field)=@\(Self.quoted(file.path));filename=\(Self.quoted(file.name))")
  }

  /// Sends the request.
  /// - Throws: when no answer comes in time.
  package func send() throws -> WebAnswer {
    let config = lines.joined(separator: "\n") + "\n"
    let curl = try Program.run(
      ["curl", "--config", "-"], input: Array(config.utf8), seconds: seconds + 10)
    guard curl.code == 0 else {
      throw Missing(description: "curl ended with \(curl.code): \(curl.errors)")
    }
    return try WebAnswer(parsing: curl.output)
  }

  private static func quoted(_ value: String) -> String {
    let escaped = value.map { character in
      switch character {
      case "\\", "\"": "\\\(character)"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default: String(character)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
