import HTTP
import Support
import Testing

extension EndToEnd {
  /// Requests that violate HTTP or reach its limits.
  @Suite struct ProtocolTests {
    /// The lines to send, and the allowed statuses.
    struct Case: CustomTestStringConvertible {
      let name: String
      let lines: [String]
      var statuses: Set<Int> = [400]
      var testDescription: String { name }
    }

    static let cases = [
      Case(name: "no host", lines: ["GET /health HTTP/1.1"]),
      Case(name: "two hosts", lines: ["GET /health HTTP/1.1", "Host: a", "Host: b"]),
      Case(name: "a host that is none", lines: ["GET /health HTTP/1.1", "Host: a/b@c"]),
      Case(name: "HTTP/3.7", lines: ["GET /health HTTP/3.7", "Host: a"]),
      Case(name: "no version word", lines: ["GET /health HTPT/1.1", "Host: a"]),
      Case(name: "lower-case method", lines: ["get /health HTTP/1.1", "Host: a"]),
      Case(name: "unknown method", lines: ["BREW /health HTTP/1.1", "Host: a"], statuses: [405]),
      Case(name: "TRACE", lines: ["TRACE /health HTTP/1.1", "Host: a"], statuses: [405]),
      Case(name: "CONNECT", lines: ["CONNECT a:443 HTTP/1.1", "Host: a"], statuses: [400, 405]),
      Case(
        name: "a header without colon", lines: ["GET /health HTTP/1.1", "Host: a", "nonsense\u{0}"]),
      Case(name: "a NUL in a header", lines: ["GET /health HTTP/1.1", "Host: a", "X: a\u{0}b"]),
      Case(
        name: "too long a header",
        lines: ["GET /health HTTP/1.1", "Host: a", "X: " + String(repeating: "x", count: 20_000)],
        statuses: [431]),
      Case(
        name: "too many long headers",
        lines: ["GET /health HTTP/1.1", "Host: a"]
          + (0..<10).map { "X-\($0): " + String(repeating: "x", count: 15_000) },
        statuses: [431]),
      Case(
        name: "too long an address",
        lines: ["GET /" + String(repeating: "a", count: 20_000) + " HTTP/1.1", "Host: a"],
        statuses: [414]),
      Case(
        name: "length and chunks",
        lines: [
          "POST /auth/login HTTP/1.1", "Host: a", "Content-Length: 4", "Transfer-Encoding: chunked",
          "", "0", "",
        ]),
      Case(
        name: "two lengths",
        lines: [
          "POST /auth/login HTTP/1.1", "Host: a", "Content-Length: 2", "Content-Length: 3", "",
          "{}",
        ]),
      Case(
        name: "a negative length",
        lines: ["POST /auth/login HTTP/1.1", "Host: a", "Content-Length: -1"]),
      Case(
        name: "a length of words",
        lines: ["POST /auth/login HTTP/1.1", "Host: a", "Content-Length: ten"]),
      Case(
        name: "an unknown coding",
        lines: ["POST /auth/login HTTP/1.1", "Host: a", "Transfer-Encoding: gzip"]),
      Case(
        name: "chunks that are none",
        lines: [
          "POST /auth/login HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "zz", "{}",
        ]),
      Case(
        name: "a chunk of too many bytes",
        lines: [
          "POST /auth/login HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "",
          "ffffffffffffffffff", "{}",
        ]),
      Case(
        name: "200 MB and a byte, announced",
        lines: [
          "POST /requests/01900000-0000-7000-8000-000000000000/uploads HTTP/1.1", "Host: a",
          "Expect: 100-continue", "Content-Length: 209715201",
        ], statuses: [413]),
      Case(
        name: "1 MB and a byte, announced",
        lines: [
          "POST /auth/login HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 1048577",
        ], statuses: [413]),
    ]

    @Test(arguments: cases) func requestIsRefused(_ sent: Case) throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let ending = sent.lines.contains("") ? "\r\n" : "\r\nConnection: close\r\n\r\n"
        let bytes = Array((sent.lines.joined(separator: "\r\n") + ending).utf8)
        let answer = try Wire.exchange(bytes, instance)
        #expect(sent.statuses.contains(answer.status), "\(answer.status)")
        expectProblem(answer, sent.name)
        if answer.status == 405 { #expect(answer.header("allow")?.isEmpty == false) }
      }
    }

    @Test(arguments: [
      "%00", "a%00b", "%ff", "%c0%af", "%", "%4", "%zz", "%2e%2e/tasks", "x/%2e%2e/tasks",
      "%2e/tasks", "%2ftasks", "a%2fb", "a//b",
      "%ED%A0%80", "%E2%80%AE", "\\", "'", "\"", "<a>", "|", "^", "`", "{}", "~",
      String(repeating: "%41", count: 600), String(repeating: "a/", count: 600),
    ])
    func pathIsRefused(_ path: String) throws {
      let instance = try Instance.running()
      let token = "Authorization: Bearer \(try instance.token(.universal))"
      for prefix in ["/", "/requests/", "/tasks/"] {
        for suffix in ["", "/uploads"] {
          let answer = try Wire.exchange("GET \(prefix)\(path)\(suffix)", [token], instance)
          #expect([400, 403, 404].contains(answer.status), "\(answer.status)")
          expectProblem(answer, prefix + path + suffix)
        }
      }
    }

    @Test(arguments: [
      "limit=0", "limit=-1", "limit=a", "limit=99999999999999999999", "limit=1001", "after=7",
      "limit=%ff", "after=%00", "%", "limit=5&after=",
    ])
    func queryIsRefused(_ query: String) throws {
      let instance = try Instance.running()
      for path in ["/requests", "/tasks", "/admin/users"] {
        expectProblem(try instance.send("GET", "\(path)?\(query)", as: .universal), 400, path)
      }
    }

    @Test(arguments: [
      "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "bearer \u{ff}", "Bearer a b",
      "Bearer " + String(repeating: "x", count: 8000),
      // {"alg":"none"}.{"sub":"1"}
      "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ])
    func tokenIsRefused(_ value: String) throws {
      let instance = try Instance.running()
      let answer = try Wire.exchange("GET /tasks", ["Authorization: \(value)"], instance)
      expectProblem(answer, 401)
    }

    @Test func oldProtocolIsAnswered() throws {
      let instance = try Instance.running()
      let answer = try Wire.exchange(Array("GET /health HTTP/1.0\r\n\r\n".utf8), instance)
      #expect(answer.status == 200)
    }

    @Test func proxyHeaderAndForgedIdsChangeNothing() throws {
      let instance = try Instance.running()
      let answer = try instance.send(
        "GET", "/nothing",
        options: [
          ("header", "Proxy: http://evil"), ("header", "X-Request-Id: forged-request-id"),
          ("header", "X-Forwarded-For: 1.2.3.4"),
        ])
      expectProblem(answer, 404)
      #expect(answer.header("x-request-id") != "forged-request-id")
    }

    @Test(arguments: ["1.1", "2"]) func bothVersionsOfHTTPAreSpoken(_ version: String) throws {
      let instance = try Instance.running()
      let answer = try instance.send(
        "GET", "/tasks", as: .labeler, options: [("http\(version)", "")])
      #expect(answer.status == 200)
      expectProblem(try instance.send("GET", "/tasks", options: [("http\(version)", "")]), 401)
    }
  }
}
