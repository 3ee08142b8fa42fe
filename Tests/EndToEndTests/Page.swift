import HTTP
import Support

/// A page of another origin in a browser: it obeys the rules of the Fetch standard for requests
/// with CORS and without credentials.
struct Page {
  let instance: Instance
  /// The value of the header `Origin`.
  let origin: String

  /// The browser does not give an answer to the page.
  struct Blocked: Error, CustomStringConvertible {
    let description: String
  }

  /// A request of the page.
  struct Fetch {
    var method = "GET"
    let path: String
    var headers: [(name: String, value: String)] = []
    /// A file to send.
    var upload: String?
    var files: [WebFile] = []
  }

  /// Sends a request, with a preflight request before it if a browser sends one.
  /// - Throws: `Blocked` when the page gets no answer.
  /// - Returns: the answer with only those headers that the page may read.
  func send(_ fetch: Fetch) throws -> WebAnswer {
    let unsafe = fetch.headers.filter { !Self.isSafe($0.name, $0.value) }.map {
      $0.name.lowercased()
    }
    if !Self.safeMethods.contains(fetch.method) || !unsafe.isEmpty {
      try ask(fetch, Set(unsafe).sorted())
    }
    var options = fetch.headers.map { ("header", "\($0.name): \($0.value)") }
    if let upload = fetch.upload { options.append(("upload-file", upload)) }
    let answer = try exchange(fetch.method, fetch.path, fetch.files, options)
    try check(answer)
    return readable(answer)
  }

  /// Sends the preflight request, and checks that it permits the request.
  private func ask(_ fetch: Fetch, _ names: [String]) throws {
    var options = [("header", "Access-Control-Request-Method: \(fetch.method)")]
    if !names.isEmpty {
      let list = names.joined(separator: ",")
      options.append(("header", "Access-Control-Request-Headers: \(list)"))
    }
    let answer = try exchange("OPTIONS", fetch.path, [], options)
    try check(answer)
    guard (200..<300).contains(answer.status) else {
      throw Blocked(description: "the preflight request got \(answer.status)")
    }
    let methods = Self.list(answer, "access-control-allow-methods")
    guard Self.safeMethods.contains(fetch.method) || methods.contains(fetch.method) else {
      throw Blocked(description: "\(fetch.method) is none of \(methods)")
    }
    let headers = Set(Self.list(answer, "access-control-allow-headers").map { $0.lowercased() })
    guard headers.isSuperset(of: names) else {
      throw Blocked(description: "\(names) are not all of \(headers)")
    }
    guard let age = answer.header("access-control-max-age"), Int(age) != nil else {
      throw Blocked(description: "the browser would ask each time")
    }
  }

  private func exchange(
    _ method: String, _ path: String, _ files: [WebFile], _ options: [(String, String)]
  ) throws -> WebAnswer {
    let all = options + [("header", "Origin: \(origin)"), ("header", "Expect:")]
    let answer = try instance.send(
      method, path, files: files, options: all.map { (name: $0.0, value: $0.1) })
    // Not a rule of browsers, but of the caches between.
    guard Self.list(answer, "vary").contains("Origin") else {
      throw Unexpected(description: "\(method) \(path): no Vary: Origin")
    }
    return answer
  }

  /// The CORS check of the Fetch standard; two headers count as one with a list.
  private func check(_ answer: WebAnswer) throws {
    let allowed = answer.values("access-control-allow-origin").joined(separator: ", ")
    guard allowed == origin || allowed == "*" else {
      throw Blocked(description: "\(answer.status) is for “\(allowed)”")
    }
  }

  private func readable(_ answer: WebAnswer) -> WebAnswer {
    let exposed = Self.list(answer, "access-control-expose-headers").map { $0.lowercased() }
    let names = Self.safeAnswerHeaders.union(exposed)
    return WebAnswer(
      status: answer.status, headers: answer.headers.filter { names.contains($0.name) },
      body: answer.body)
  }

  private static func list(_ answer: WebAnswer, _ name: String) -> [String] {
    answer.values(name).flatMap { $0.split(separator: ",") }.map {
      String($0.drop { $0 == " " })
    }
  }

  private static let safeMethods: Set<String> = ["GET", "HEAD", "POST"]

  private static let safeAnswerHeaders: Set<String> = [
    "cache-control", "content-language", "content-length", "content-type", "expires",
    "last-modified", "pragma",
  ]

  /// Whether a page may send a header without a preflight request.
  private static func isSafe(_ name: String, _ value: String) -> Bool {
    switch name.lowercased() {
    case "accept", "accept-language", "content-language": true
    case "content-type":
      ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].contains(value)
    case "range": value.wholeMatch(of: /bytes=\d+-\d*/) != nil
    default: false
    }
  }
}
