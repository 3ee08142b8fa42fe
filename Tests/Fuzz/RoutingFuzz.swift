// Routing: decoded segments encode to the same segments, and a match is correct.
// Input: a byte that names the method, then the request target.

nonisolated(unsafe) var sink = 0

let patterns = [
  "/", "/tasks", "/tasks/report", "/tasks/{task}", "/tasks/{task}/submit", "/tasks/{task}/{image}",
  "/tasks/report/{day}/all", "/{face}/report", "/{face}/{noun}/{id}/{verb}", "/a/b/c",
  "/a/{x}/c/d", "/{x}/b/c",
]

let router = Router(
  patterns.enumerated().flatMap { index, pattern in
    [
      (method: index % 2 == 0 ? Method.get : .post, pattern: pattern, endpoint: index),
      (method: .delete, pattern: pattern, endpoint: index),
    ]
  })

final class Target: RequestSource {
  let method: Method
  let target: String
  init(_ method: Method, _ target: String) {
    self.method = method
    self.target = target
  }
  func parameter(_ name: String) -> String? {
    switch name {
    case "REQUEST_METHOD": method.rawValue
    case "REQUEST_URI": target
    default: nil
    }
  }
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
}

/// Every byte as an escape.
func escaped(_ text: String) -> String {
  let digits = Array("0123456789abcDEF")
  return text.utf8.map { "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
}

func same(_ left: [String], _ right: [String]) -> Bool {
  left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
}

func checkPath(_ segments: [String]) {
  for segment in segments {
    precondition(!segment.isEmpty && segment != "." && segment != "..", "a forbidden segment")
    precondition(!segment.utf8.contains(0), "NUL in a segment")
  }
  let path = "/" + segments.map(escaped).joined(separator: "/")
  guard let again = Path.segments(path[...]) else { preconditionFailure("does not encode back") }
  precondition(same(again, segments), "encodes back to another path")
  let slash = Path.segments((path + (segments.isEmpty ? "" : "/"))[...])
  precondition(same(slash ?? ["?"], segments), "a trailing slash matters")
}

func checkMatch(_ method: Method, _ segments: [String]) {
  let fits = patterns.indices.filter { index in
    let parts = patterns[index].split(separator: "/")
    return parts.count == segments.count
      && zip(parts, segments).allSatisfy { $0.first == "{" || String($0) == $1 }
  }
  switch router.match(method, segments) {
  case .found(let index, let captures):
    precondition(fits.contains(index), "matched a pattern that does not fit")
    var values = captures[...]
    let filled = patterns[index].split(separator: "/").map { part in
      guard part.first == "{" else { return String(part) }
      guard let value = values.popFirst() else { preconditionFailure("a capture is missing") }
      precondition("{\(value.name)}" == part, "a capture of another name")
      return value.value
    }
    precondition(values.isEmpty && filled == segments, "captures do not fill the pattern")
  case .methodNotAllowed(let allow):
    precondition(!fits.isEmpty && !allow.isEmpty && !allow.contains(method), "a wrong Allow")
  case .notFound: precondition(fits.isEmpty, "missed a pattern that fits")
  }
}

func checkQuery(_ text: Substring) {
  guard let query = try? Query(text) else { return }
  for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
    let name = pair.prefix { $0 != UInt8(ascii: "=") }
    guard let name = Path.decode(Substring(name), plusIsSpace: true), let value = query[name] else {
      preconditionFailure("a parameter is lost")
    }
    let again = try? Query("\(escaped(name))=\(escaped(value))"[...])
    precondition(again?[name].map { Array($0.utf8) } == Array(value.utf8), "differs encoded back")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let method = Method.allCases[Int(first) % Method.allCases.count]
  let target = String(decoding: input.dropFirst(), as: UTF8.self)
  let request = Request(Target(method, target), id: "fuzz")
  let path = Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") })
  precondition(path.utf8.count == target.utf8.count || !request.target.isEmpty)
  if let segments = request.segments {
    checkPath(segments)
    checkMatch(method, segments)
    sink &+= segments.count
  }
  checkQuery(request.queryString)
  return 0
}
