import HTTP
import Testing

@Suite struct RouterTests {
  static let router = Router<String>([
    (.get, "/", "home"),
    (.get, "/tasks", "list"), (.post, "/tasks", "create"),
    (.get, "/tasks/{task}", "show"), (.delete, "/tasks/{other}", "delete"),
    (.post, "/tasks/report", "report"),
    (.post, "/tasks/{task}/submit", "submit"),
    (.get, "/tasks/report/{day}/all", "day"),
    (.get, "/{face}/{noun}/x/{id}", "deep"),
  ])

  func find(_ method: Method?, _ path: String) -> String {
    guard let segments = Path.segments(path[...]) else { return "undecodable" }
    switch Self.router.match(method, segments) {
    case .found(let endpoint, let captures):
      return ([endpoint] + captures.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    case .methodNotAllowed(let allow):
      return "allow " + allow.map(\.rawValue).joined(separator: ",")
    case .notFound: return "nothing"
    }
  }

  @Test(arguments: [
    (Method.get, "/", "home"), (.get, "/tasks", "list"), (.post, "/tasks", "create"),
    (.get, "/tasks/", "list"), (.get, "/tasks/7", "show task=7"),
    (.get, "/tasks/7/", "show task=7"),
    (.head, "/tasks/7", "show task=7"), (.delete, "/tasks/7", "delete other=7"),
    (.get, "/tasks/a%2Fb", "show task=a/b"),
  ])
  func endpointsAreFound(method: Method, path: String, found: String) {
    #expect(find(method, path) == found)
  }

  @Test func literalSegmentsTakePrecedence() {
    #expect(find(.post, "/tasks/report") == "report")
    #expect(find(.get, "/tasks/report/monday/all") == "day day=monday")
    #expect(find(.post, "/tasks/%72eport") == "report")
  }

  @Test func theRouterFallsBackFromALiteralSegment() {
    #expect(find(.post, "/tasks/report/submit") == "submit task=report")
    #expect(find(.get, "/tasks/report/x/9") == "deep face=tasks noun=report id=9")
    #expect(find(.get, "/tasks/report/x/all") == "day day=x")
  }

  @Test(arguments: [
    (Method.put, "/tasks", "allow GET,HEAD,POST"), (.post, "/tasks/7", "allow GET,HEAD,DELETE"),
    (.get, "/tasks/report", "allow POST"), (.get, "/tasks/7/submit", "allow POST"),
    (.head, "/tasks/7/submit", "allow POST"), (nil, "/", "allow GET,HEAD"),
  ])
  func allowedMethodsAreNamed(method: Method?, path: String, found: String) {
    #expect(find(method, path) == found)
  }

  @Test(arguments: ["/nothing", "/tasks/7/other", "/tasks/report/monday", "/a/b/c/d", "/a/b/x"])
  func unknownPathsAreNotFound(path: String) {
    #expect(find(.get, path) == "nothing")
  }
}
