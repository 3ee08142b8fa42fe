import Testing

/// Each endpoint has its test file: the title of one suite names it, as `GET /tasks/{task}` does.
///
/// Questions that are the same for all endpoints are asked of every route in `AccessTests`,
/// `IsolationTests`, `BadInputTests` and `ParameterTests`.
@Suite struct EndpointTests {
  private static let suites = Checkout.swift.filter { $0.path.hasPrefix("Tests/AssayTests/") }
    .flatMap { file in file.suiteTitles.map { (file: file, endpoints: endpoints(in: $0)) } }

  /// The endpoints of `Tests/Golden/routes.txt`.
  private static let routes = String(
    decoding: Checkout.bytes(of: "Tests/Golden/routes.txt"), as: UTF8.self
  ).split(separator: "\n").map { line in
    let words = line.split(separator: " ")
    return Endpoint(method: String(words[1]), pattern: String(words[2]))
  }

  @Test func everyEndpointHasOneTestFile() {
    for route in Self.routes {
      let files = Self.suites.filter { $0.endpoints.contains(route) }.map(\.file.path)
      #expect(files.count == 1, "\(route): \(files)")
    }
    #expect(Self.routes.count > 70)
  }

  @Test func titlesNameExistingEndpoints() {
    let known = Set(Self.routes)
    for suite in Self.suites {
      #expect(suite.endpoints.filter { !known.contains($0) } == [], "\(suite.file.path)")
    }
  }

  @Test func testFilesSendTheRequestsOfTheirTitles() {
    for (file, endpoints) in Self.suites {
      let titles = file.suiteTitles
      let sent = file.literals.map(\.text).filter { !titles.contains($0) }
      for endpoint in endpoints {
        let word = endpoint.lastWord
        #expect(sent.contains { $0.contains(word) }, "\(file.path): \(word)")
      }
    }
  }

  @Test func titlesAreParsed() {
    let source = "@Suite(\"GET, POST /a/{b}, PUT /c\") struct D {}\n@Suite struct E {}"
    let file = SourceFile(path: "Tests/AssayTests/DTests.swift", source)
    #expect(file.suiteTitles == ["GET, POST /a/{b}, PUT /c"])
    let long = "@Suite(\n  \"\"\"\n  GET /a \\\n  PUT /c\n  \"\"\")\nstruct D {}"
    let titles = SourceFile(path: "Tests/AssayTests/DTests.swift", long).suiteTitles
    #expect(titles.flatMap(Self.endpoints).map(\.description) == ["GET /a", "PUT /c"])
    let found = Self.endpoints(in: file.suiteTitles[0])
    #expect(found.map(\.description) == ["GET /a/{b}", "POST /a/{b}", "PUT /c"])
    #expect(Self.endpoints(in: "Letters to /dev/null and back") == [])
  }

  /// The endpoints that a title names: methods, each list of them followed by its path.
  private static func endpoints(in title: String) -> [Endpoint] {
    var (methods, found): ([String], [Endpoint]) = ([], [])
    for part in title.split(whereSeparator: { " ,\n\\".contains($0) }) {
      let word = String(part)
      if ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(word) {
        methods.append(word)
      } else {
        if word.hasPrefix("/") { found += methods.map { Endpoint(method: $0, pattern: word) } }
        methods = []
      }
    }
    return found
  }
}

/// A method and a path with its parameters in braces.
private struct Endpoint: Hashable, CustomStringConvertible {
  let method: String
  let pattern: String

  var description: String { "\(method) \(pattern)" }

  /// The last part of the path that is not a parameter.
  var lastWord: Substring {
    pattern.split(separator: "/").last { !$0.hasPrefix("{") } ?? ""
  }
}

extension SourceFile {
  /// The titles of the file's suites.
  fileprivate var suiteTitles: [String] {
    literals.filter { literal in
      // A long title begins on the next line.
      code[max(0, literal.line - 2)..<literal.line].contains { $0.contains("@Suite(") }
    }.map(\.text)
  }
}
