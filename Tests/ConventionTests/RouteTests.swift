import Testing

/// A route that writes declares its audit entry on its line.
@Suite struct RouteTests {
  @Test func everyWritingRouteDeclaresItsAuditEntry() {
    #expect(Checkout.sources.flatMap(Self.silentRoutes) == [])
  }

  @Test func writingRoutesExist() {
    let verbs = Checkout.sources.flatMap(Self.verbs)
    #expect(verbs.count > 30)
  }

  /// With a default, a route could omit the choice.
  @Test func theAuditArgumentHasNoDefault() {
    let defaults = Checkout.sources.filter { file in
      file.code.contains { $0.contains("Recording = ") || $0.contains("Recording? = ") }
    }
    #expect(defaults.map(\.path) == [])
  }

  /// A feature's table of routes names the header `Idempotency-Key` once for each handler that reads it.
  @Test func routesWithRepeatedRequestsNameTheHeader() {
    func count(_ text: String, in feature: String?) -> Int {
      Checkout.sources.filter { $0.feature == feature && feature != nil }
        .reduce(0) { sum, file in
          sum + file.code.reduce(0) { $0 + $1.ranges(of: text).count }
        }
    }
    for feature in Set(Checkout.sources.compactMap(\.feature)) {
      let handlers = count("Repeated.once(", in: feature)
      #expect(count("Repeated.parameter", in: feature) == handlers, "\(feature)")
    }
    #expect(count("Repeated.once(", in: "Reports") == 1)
  }

  @Test(arguments: [
    ".on(.root, .post, \"/x\")", ".open(\n.api, .put, \"/x\")", ".on(.v1, .delete, \"/x\")",
    ".on(.v1, .delete(), \"/x\")", ".on(.v1, .patch, \"/x\")", ".permit(.root, Verb.post, \"/x\")",
  ])
  func aRouteWithoutTheArgumentIsFound(call: String) {
    let source = "enum A {\n  static let routes: [Route] = [\n\(call)\n  ]\n}\n"
    let path = "Sources/Assay/A/A.swift"
    #expect(Self.silentRoutes(SourceFile(path: path, source)).count == 1)
    let told = ".on(.root, .post(audit: .nothing), \"/x\")"
    let whole = "enum A {\n  static let routes: [Route] = [\n\(told)\n  ]\n}\n"
    #expect(Self.silentRoutes(SourceFile(path: path, whole)) == [])
  }

  private static func silentRoutes(_ file: SourceFile) -> [String] {
    verbs(file).filter { !$0.rest.hasPrefix("(audit: .") }.map { "\(file.path): \($0.rest)" }
  }

  /// The methods that write in a file's tables of routes, and the text after each.
  private static func verbs(_ file: SourceFile) -> [(name: String, rest: Substring)] {
    var found: [(name: String, rest: Substring)] = []
    var isInTable = false
    for line in file.code {
      if line.contains("routes: [Route] = [") { isInTable = true }
      if line == "  ]" { isInTable = false }
      guard isInTable else { continue }
      for name in [".post", ".put", ".patch", ".delete"] {
        var rest = line[...]
        while let start = rest.firstIndex(of: ".") {
          rest = rest[start...]
          let end = rest.dropFirst(name.count)
          if rest.hasPrefix(name), end.first?.isLetter != true { found.append((name, end)) }
          rest = rest.dropFirst()
        }
      }
    }
    return found
  }
}
