/// Finds the endpoint for a method and path; literal segments take precedence over `{…}`.
package struct Router<Endpoint: Sendable>: Sendable {
  /// The result of a lookup.
  package enum Match {
    case found(Endpoint, captures: [(name: String, value: String)])
    case methodNotAllowed(allow: [Method])
    case notFound
  }

  private typealias Leaf = (method: Method, names: [String], endpoint: Endpoint)
  /// The rest of a pattern below a node; nil stands for `{…}`.
  private typealias Branch = (parts: ArraySlice<String?>, leaf: Leaf)

  /// A node of the tree.
  ///
  /// It is a class because copying a structure counts the references to each of its collections,
  /// and all threads share these counts.
  private final class Node: Sendable {
    let literals: [String: Node]
    /// The branch for `{…}`.
    let parameter: Node?
    let leaves: [Leaf]

    init(_ branches: [Branch]) {
      leaves = branches.filter(\.parts.isEmpty).map(\.leaf)
      var (named, unnamed): ([String: [Branch]], [Branch]) = ([:], [])
      for (parts, leaf) in branches {
        guard let part = parts.first else { continue }
        let branch = (parts.dropFirst(), leaf)
        if let part { named[part, default: []].append(branch) } else { unnamed.append(branch) }
      }
      literals = named.mapValues(Node.init)
      parameter = unnamed.isEmpty ? nil : Node(unnamed)
    }
  }

  private let root: Node

  /// Builds the tree from patterns such as `/requests/{request}/uploads`.
  package init(_ entries: [(method: Method, pattern: String, endpoint: Endpoint)]) {
    root = Node(
      entries.map { method, pattern, endpoint in
        let parts = pattern.split(separator: "/").map(String.init)
        let names = parts.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        return (parts.map { $0.first == "{" ? nil : $0 }[...], (method, names, endpoint))
      })
  }

  /// Returns the endpoint for a method and decoded segments; HEAD uses the endpoint of GET.
  package func match(_ method: Method?, _ segments: [String]) -> Match {
    var values: [String] = []
    guard let node = find(root, segments, 0, &values) else { return .notFound }
    let wanted = method == .head ? .get : method
    guard let leaf = node.leaves.first(where: { $0.method == wanted }) else {
      return .methodNotAllowed(allow: allowed(node))
    }
    return .found(leaf.endpoint, captures: Array(zip(leaf.names, values)))
  }

  /// Returns the node for the segments from `place` on, and adds the values of `{…}` to `values`.
  private func find(
    _ node: Node, _ segments: [String], _ place: Int, _ values: inout [String]
  ) -> Node? {
    guard place < segments.count else { return node.leaves.isEmpty ? nil : node }
    let segment = segments[place]
    if let next = node.literals[segment], let hit = find(next, segments, place + 1, &values) {
      return hit
    }
    guard let next = node.parameter else { return nil }
    values.append(segment)
    if let hit = find(next, segments, place + 1, &values) { return hit }
    values.removeLast()
    return nil
  }

  private func allowed(_ node: Node) -> [Method] {
    var methods = node.leaves.map(\.method)
    if methods.contains(.get) { methods.append(.head) }
    return Method.allCases.filter(methods.contains)
  }
}
