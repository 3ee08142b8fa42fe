import HTTP
import Support
import Testing

extension EndToEnd {
  /// Upload forms that are malformed, and bodies that end early.
  @Suite struct FormTests {
    static let head =
      "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.png\"\r\n\r\n"

    struct Form: CustomTestStringConvertible {
      let name: String
      var type = "multipart/form-data; boundary=b"
      let body: String
      var testDescription: String { name }
    }

    static let forms = [
      Form(name: "no boundary", type: "multipart/form-data", body: head + "x\r\n--b--\r\n"),
      Form(name: "empty boundary", type: "multipart/form-data; boundary=", body: "--\r\n----\r\n"),
      Form(
        name: "too long a boundary",
        type: "multipart/form-data; boundary=" + String(repeating: "b", count: 71), body: head),
      Form(name: "another type", type: "text/plain", body: "files"),
      Form(name: "JSON", type: "application/json", body: "{}"),
      Form(name: "empty", body: ""), Form(name: "only the end", body: "--b--\r\n"),
      Form(name: "no end", body: head + "x"), Form(name: "half an end", body: head + "x\r\n--b"),
      Form(name: "another boundary", body: head.replacing("--b", with: "--c") + "x\r\n--c--\r\n"),
      Form(name: "no disposition", body: "--b\r\n\r\nx\r\n--b--\r\n"),
      Form(
        name: "an open quote", body: head.replacing("a.png\"", with: "a.png") + "x\r\n--b--\r\n"),
      Form(
        name: "a NUL in the name",
        body: head.replacing("a.png", with: "a\u{0}.png") + "x\r\n--b--\r\n"),
      Form(
        name: "no file", body: head.replacing("; filename=\"a.png\"", with: "") + "x\r\n--b--\r\n"),
      Form(name: "another field", body: head.replacing("files", with: "file") + "x\r\n--b--\r\n"),
      Form(
        name: "a long header",
        body: head.replacing("a.png", with: String(repeating: "a", count: 100_000))
          + "x\r\n--b--\r\n"),
      Form(
        name: "many headers",
        body: "--b\r\n" + String(repeating: "X: y\r\n", count: 5000) + "\r\nx\r\n--b--\r\n"),
      Form(name: "no picture", body: head + "<script>alert(1)</script>\r\n--b--\r\n"),
      Form(
        name: "many parts",
        body: String(repeating: head + "x\r\n", count: 3000) + "--b--\r\n"),
    ]

    @Test(arguments: forms) func formIsRefused(_ form: Form) throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try instance.tidy {
        try instance.unharmed {
          let answer = try Wire.exchange(
            "POST /requests/\(job.request)/uploads",
            ["Content-Type: \(form.type)", "Authorization: Bearer \(job.token)"],
            body: Array(form.body.utf8), instance)
          #expect([400, 413, 415].contains(answer.status))
          expectProblem(answer, form.name)
        }
      }
      #expect(try job.uploads().isEmpty)
    }

    @Test func truncatedBodyLeavesNoFile() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let body = Array(Self.head.utf8) + Pictures.png(seed: 7)
      try instance.tidy {
        try instance.unharmed {
          for half in [true, false] {
            let wire = try Wire(instance)
            var bytes = Wire.request(
              "POST /requests/\(job.request)/uploads",
              [
                "Content-Type: multipart/form-data; boundary=b",
                "Authorization: Bearer \(job.token)",
              ],
              body: body + [UInt8](repeating: 0, count: 10_000))
            bytes.removeLast(10_000)
            wire.send(bytes)
            // The client may be gone before the answer; if there is one, it must be an error.
            if half {
              wire.finishSending()
              let heard = try wire.receive()
              if !heard.isEmpty { expectProblem(try WebAnswer(parsing: heard), 400) }
            }
          }
        }
      }
      #expect(try job.uploads().isEmpty)
    }

    @Test func tooLargeBodyIsRefusedWhileItArrives() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        // Chunked, so nginx does not know the length in advance.
        let wire = try Wire(instance)
        let head = [
          "POST /auth/login HTTP/1.1", "Host: a", "Connection: close", "Transfer-Encoding: chunked",
        ]
        wire.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 32, count: 65_536) + [13, 10]
        for _ in 0..<17 { wire.send(chunk) }
        expectProblem(try WebAnswer(parsing: wire.receive()), 413)
      }
    }
  }
}
