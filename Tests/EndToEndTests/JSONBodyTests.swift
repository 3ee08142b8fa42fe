import HTTP
import Support
import Testing

extension EndToEnd {
  /// Bodies that are not valid JSON, or that no endpoint accepts.
  @Suite struct JSONBodyTests {
    static let paths = [
      "/auth/login", "/auth/signup", "/requests", "/admin/assign",
      "/tasks/01900000-0000-7000-8000-000000000000/labels",
    ]

    /// Bodies that no endpoint accepts.
    static let bodies: [(name: String, bytes: [UInt8])] = [
      ("empty", []), ("space", [32]), ("half", Array("{\"title\": \"a".utf8)),
      ("word", Array("nul".utf8)), ("null", Array("null".utf8)), ("list", Array("[1]".utf8)),
      ("number", Array("17".utf8)), ("text", Array("\"text\"".utf8)),
      ("nothing wanted", Array("{}".utf8)), ("rubbish behind", Array("{} {}".utf8)),
      ("comma", Array("{\"title\": \"a\",}".utf8)), ("BOM", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
      ("UTF-16", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]), ("NUL", fields("\"a\u{0}b\"")),
      ("escaped NUL", fields(#""a\u0000b""#)), ("half a surrogate pair", fields(#""\ud800""#)),
      ("invalid UTF-8", fields("\"X\"").map { $0 == UInt8(ascii: "X") ? 0xFF : $0 }),
      ("overlong UTF-8", Array("{\"title\": \"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
      ("key twice", Array(#"{"title": "a", "title": "b"}"#.utf8)),
      ("numbers", fields("17")), ("booleans", fields("true")), ("objects", fields("{}")),
      ("nulls", fields("null")), ("lists of lists", fields("[[]]")),
      ("too large a number", fields("99999999999999999999")), ("infinite", fields("1e999")),
      ("no number", fields("NaN")), ("minus", fields("-")),
      ("deep lists", deep(10_000, "[", "]")), ("deep objects", deep(10_000, "{\"a\":", "}")),
      ("deep and open", Array(String(repeating: "[", count: 10_000).utf8)),
      (
        "deep in a member",
        fields(String(repeating: "[", count: 40) + String(repeating: "]", count: 40))
      ),
      ("huge text", fields("\"" + String(repeating: "x", count: 100_000) + "\"")),
      ("huge list", fields("[" + String(repeating: "1,", count: 20_000) + "1]")),
      ("control character", fields("\"a\u{1}\n\"")),
    ]

    /// All fields of all endpoints, with one value.
    private static func fields(_ value: String) -> [UInt8] {
      let names = [
        "title", "classes", "username", "password", "request_id", "labeler_username", "image_id",
        "labels",
      ]
      return Array("{\(names.map { "\"\($0)\": \(value)" }.joined(separator: ", "))}".utf8)
    }

    private static func deep(_ depth: Int, _ opening: String, _ closing: String) -> [UInt8] {
      let (before, after) = (
        String(repeating: opening, count: depth), String(repeating: closing, count: depth)
      )
      return Array("\(before)1\(after)".utf8)
    }

    @Test(arguments: paths) func bodyIsRefused(_ path: String) throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let headers = [
          "Content-Type: application/json",
          "Authorization: Bearer \(try instance.token(.universal))",
        ]
        for body in Self.bodies {
          let answer = try Wire.exchange("POST \(path)", headers, body: body.bytes, instance)
          expectProblem(answer, 400, body.name)
        }
      }
    }

    @Test func otherContentTypesAreRefused() throws {
      let instance = try Instance.running()
      let token = "Authorization: Bearer \(try instance.token(.universal))"
      for type in ["text/plain", "multipart/form-data; boundary=x", "application/xml"] {
        let answer = try Wire.exchange(
          "POST /requests", [token, "Content-Type: \(type)"], body: Array("{}".utf8), instance)
        expectProblem(answer, 415, type)
      }
    }

    @Test func lengthIsLimited() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let limit = 1 << 20
        for (length, status) in [(limit, 400), (limit + 1, 413)] {
          let json = "\"" + String(repeating: "x", count: length - 2) + "\""
          expectProblem(
            try instance.send("POST", "/requests", as: .customer, json: json), status, "\(length)")
        }
      }
    }

    @Test(arguments: [
      #"{"title": "", "classes": ["a"]}"#, #"{"title": "  ", "classes": ["a"]}"#,
      #"{"title": "a", "classes": []}"#, #"{"title": "a", "classes": ["b", "b"]}"#,
      #"{"title": "a", "classes": [""]}"#, #"{"title": "a", "classes": "b"}"#,
      #"{"title": "a", "classes": ["b", null]}"#, #"{"title": "a"}"#,
    ])
    func violatedRuleIsNamed(_ json: String) throws {
      let instance = try Instance.running()
      let answer = try instance.send("POST", "/requests", as: .customer, json: json)
      expectProblem(answer, 400)
      let detail = try answer.json["detail"].string
      #expect(detail.contains("title") || detail.contains("classes"))
    }

    @Test func unknownAndMissingObjectsAreReported() throws {
      let instance = try Instance.running()
      let nobody = "01900000-0000-7000-8000-000000000000"
      let cases = [
        (#"{"request_id": "\#(nobody)", "labeler_username": "labeler"}"#, 404),
        (#"{"task_id": "\#(nobody)", "labeler_username": "labeler"}"#, 404),
        (#"{"request_id": "\#(nobody)", "labeler_username": "nobody-there"}"#, 404),
        (#"{"request_id": "7", "labeler_username": "labeler"}"#, 400),
        (#"{"labeler_username": "labeler"}"#, 400),
      ]
      for (json, status) in cases {
        expectProblem(
          try instance.send("POST", "/admin/assign", as: .admin, json: json), status, json)
      }
      for id in ["7", "not-an-id", nobody + "0", "%20", "-1", "' or 1=1"] {
        for path in [
          "/requests/ID", "/requests/ID/uploads", "/requests/ID/qc/results", "/tasks/ID",
        ] {
          let escaped = id.replacing(" ", with: "%20")
          let answer = try instance.send(
            "GET", path.replacing("ID", with: escaped), as: .universal)
          expectProblem(answer, 400, path)
        }
      }
    }
  }
}
