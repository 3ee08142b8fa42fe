import HTTP
import Testing

@Suite struct QueryTests {
  @Test(arguments: [
    ("a=1", "a", "1"), ("a=1&a=2", "a", "1"), ("b=1&a=2", "a", "2"), ("a", "a", ""),
    ("a=", "a", ""),
    ("a=b=c", "a", "b=c"), ("&&a=1&", "a", "1"), ("%61=%31", "a", "1"), ("a=x+y%2B", "a", "x y+"),
    ("a+b=1", "a b", "1"), ("=1", "", "1"), ("a=%26%3D", "a", "&="), ("a=%E2%82%AC", "a", "€"),
    ("a=\u{301}x", "a", "\u{301}x"), ("a=1&\u{301}=2", "\u{301}", "2"),
  ])
  func parametersAreDecoded(text: String, name: String, value: String) throws {
    #expect(try Query(text[...])[name] == value)
  }

  @Test func absentParametersAreNil() throws {
    #expect(try Query("")["a"] == nil)
    #expect(try Query("A=1")["a"] == nil)
    #expect(try Request.get("/?b=1").query()["a"] == nil)
  }

  @Test(arguments: ["a=%", "a=%4", "%zz=1", "a=%00", "a=%ff", "a=1&b=%c0%af"])
  func invalidEscapesAreRefused(text: String) {
    let refused = problem { _ = try Query(text[...]) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The query string is not valid percent-encoded UTF-8.")
  }

  @Test func wholeNumbersWithinTheirRangeAreRead() throws {
    let query = try Query("a=1&b=100&c=")
    #expect(try query.int("a", 1...100) == 1)
    #expect(try query.int("b", 1...100) == 100)
    #expect(try query.int("d", 1...100) == nil)
  }

  @Test(arguments: ["0", "101", "", "x", "1.0", "1e1", "-1", "99999999999999999999", "%201", "+1"])
  func invalidNumbersAreRefused(text: String) {
    let refused = problem { _ = try Query("n=\(text)"[...]).int("n", 1...100) }
    #expect(refused?.status == 400)
    #expect(refused?.violations == [Violation("n", "must be a whole number from 1 to 100")])
    #expect(refused?.detail == "n must be a whole number from 1 to 100.")
  }
}
