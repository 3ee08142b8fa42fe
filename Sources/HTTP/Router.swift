/// Finds what answers a method and path; literal segments win over `{…}`.
package struct Router<Endpoint: Sendable>: Sendable {
  /// What a lookup found.
  package enum Match {
    case found(Endpoint, captures: [(name: String, value: String)])
    case methodNotAllowed(allow: [Method])
    case notFound
  }

  private struct Node: Sendable {
    var literals: [String: Node] = [:]
    /// At most one: the branch of `{…}`.
    var parameter: [Node] = []
    var endpoints: [(method: Method, names: [String], endpoint: Endpoint)] = []
  }

  private var root = Node()

  /// Builds the tree of `/requests/{request}/uploads` patterns.
  package init(_ entries: [(method: Method, pattern: String, endpoint: Endpoint)]) {
    for entry in entries {
      let parts = entry.pattern.split(separator: "/")
      let names = parts.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
      Self.insert((entry.method, names, entry.endpoint), at: parts[...], in: &root)
    }
  }

  private static func insert(
    _ leaf: (method: Method, names: [String], endpoint: Endpoint),
    at parts: ArraySlice<Substring>, in node: inout Node
  ) {
    guard let part = parts.first else {
      node.endpoints.append(leaf)
      return
    }
    if part.first == "{" {
      if node.parameter.isEmpty { node.parameter.append(Node()) }
      insert(leaf, at: parts.dropFirst(), in: &node.parameter[0])
    } else {
      insert(leaf, at: parts.dropFirst(), in: &node.literals[String(part), default: Node()])
    }
  }

  /// The endpoint for a request's method and decoded segments; HEAD is answered by GET.
  package func match(_ method: Method?, _ segments: [String]) -> Match {
    var values: [String] = []
    guard let node = find(root, segments[...], &values) else { return .notFound }
    let wanted = method == .head ? .get : method
    guard let hit = node.endpoints.first(where: { $0.method == wanted }) else {
      return .methodNotAllowed(allow: allowed(node))
    }
    return .found(hit.endpoint, captures: Array(zip(hit.names, values)))
  }

  private func find(_ node: Node, _ rest: ArraySlice<String>, _ values: inout [String]) -> Node? {
    guard let segment = rest.first else { return node.endpoints.isEmpty ? nil : node }
    if let next = node.literals[segment], let hit = find(next, rest.dropFirst(), &values) {
      return hit
    }
    guard let next = node.parameter.first else { return nil }
    values.append(segment)
    if let hit = find(next, rest.dropFirst(), &values) { return hit }
    values.removeLast()
    return nil
  }

  private func allowed(_ node: Node) -> [Method] {
    var methods = node.endpoints.map(\.method)
    if methods.contains(.get) { methods.append(.head) }
    return Method.allCases.filter(methods.contains)
  }
}
