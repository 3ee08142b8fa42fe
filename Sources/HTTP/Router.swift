/// Finds what answers a method and path; literal segments win over `{…}`.
package struct Router<Endpoint: Sendable>: Sendable {
  /// What a lookup found.
  package enum Match {
    case found(Endpoint, captures: [(name: String, value: String)])
    case methodNotAllowed(allow: [Method])
    case notFound
  }

  private typealias Leaf = (method: Method, names: [String], endpoint: Endpoint)
  /// What a pattern still has below a node: nil for `{…}`.
  private typealias Branch = (parts: ArraySlice<String?>, leaf: Leaf)

  /// A class: a copied structure counts the references to each of its collections, and the counts
  /// are shared by all threads.
  private final class Node: Sendable {
    let literals: [String: Node]
    /// The branch of `{…}`.
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

  /// Builds the tree of `/requests/{request}/uploads` patterns.
  package init(_ entries: [(method: Method, pattern: String, endpoint: Endpoint)]) {
    root = Node(
      entries.map { method, pattern, endpoint in
        let parts = pattern.split(separator: "/").map(String.init)
        let names = parts.filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        return (parts.map { $0.first == "{" ? nil : $0 }[...], (method, names, endpoint))
      })
  }

  /// The endpoint for a request's method and decoded segments; HEAD is answered by GET.
  package func match(_ method: Method?, _ segments: [String]) -> Match {
    var values: [String] = []
    guard let node = find(root, segments, 0, &values) else { return .notFound }
    let wanted = method == .head ? .get : method
    guard let leaf = node.leaves.first(where: { $0.method == wanted }) else {
      return .methodNotAllowed(allow: allowed(node))
    }
    return .found(leaf.endpoint, captures: Array(zip(leaf.names, values)))
  }

  /// The node of the segments from a place on, and in `values` what stands for `{…}` on the way.
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
