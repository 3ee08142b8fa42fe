import HTTP
import Testing

@Suite struct PathTests {
  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/", ["a"]), ("/a/b", ["a", "b"]), ("/%41%62", ["Ab"]),
    ("/a%2Fb/c", ["a/b", "c"]), ("/a%2f", ["a/"]), ("/+%20", ["+ "]), ("/%25%34%31", ["%41"]),
    ("/%E2%82%AC", ["€"]), ("/%e2%82%ac", ["€"]), ("/...", ["..."]), ("/..%2F", ["../"]),
    ("/;x=1", [";x=1"]), ("/\u{e9}", ["\u{e9}"]), ("/a/\u{301}b", ["a", "\u{301}b"]),
  ])
  func segmentsAreDecoded(path: String, segments: [String]) {
    #expect(Path.segments(path[...]) == segments)
  }

  @Test(arguments: [
    "", "a", "a/b", "//", "/a//b", "/a//", "//a", "/.", "/..", "/a/../b", "/a/./b", "/%2e%2E/b",
    "/.%2e", "/%2e", "/%", "/%4", "/%zz", "/a%", "/%00", "/a%00b", "/\u{0}", "/%c0%af",
    "/%e0%80%af", "/%f0%80%80%af", "/%c0%80", "/%ed%a0%80", "/%ff", "/%e2%82", "/%f4%90%80%80",
    "*",
  ])
  func invalidPathsAreRefused(path: String) {
    #expect(Path.segments(path[...]) == nil)
  }

  @Test func plusIsDecodedOnlyInForms() {
    #expect(Path.decode("a+b%2B", plusIsSpace: true) == "a b+")
    #expect(Path.decode("a+b%2B") == "a+b+")
  }

  @Test(arguments: [
    ("/a/b?c=d", ["a", "b"], "c=d"), ("/a?", ["a"], ""), ("/a", ["a"], ""), ("/?a?b", [], "a?b"),
    ("/a%3Fb?c", ["a?b"], "c"), ("/a?\u{301}=1", ["a"], "\u{301}=1"),
  ])
  func targetsAreSplit(target: String, segments: [String], query: String) {
    let request = Request.get(target)
    #expect(request.segments == segments)
    #expect(request.queryString == query)
  }

  @Test(arguments: ["?a=b", "/../a?b", "http://host/a", "/%00?a"])
  func refusedTargetsAreKeptAsSent(target: String) {
    let request = Request.get(target)
    #expect(request.segments == nil)
    #expect(request.target == target)
  }
}
