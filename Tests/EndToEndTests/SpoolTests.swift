import HTTP
import Support
import Testing

extension EndToEnd {
  /// Uploads that are refused before nginx reads their body.
  @Suite struct SpoolTests {
    private static let large = 190 << 20

    /// Sends the head of a large upload and a first piece, and waits for the answer.
    private func begin(
      _ path: String, _ token: String?, _ instance: Instance
    ) throws -> WebAnswer {
      let wire = try Wire(instance)
      wire.send(head(path, token) + [UInt8](repeating: 0, count: 100_000))
      return try WebAnswer(parsing: wire.receive())
    }

    private func head(_ path: String, _ token: String?, _ headers: [String] = []) -> [UInt8] {
      var lines = [
        "POST \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(Self.large)",
        "Content-Type: multipart/form-data; boundary=x",
      ]
      if let token { lines.append("Authorization: Bearer \(token)") }
      return Array(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The answer comes before the body does.
    @Test func theAnswerDoesNotWaitForTheBody() throws {
      let instance = try Instance.running()
      let (mine, others) = (try Job(instance), try Job(instance, token: instance.token(.universal)))
      let labeler = try instance.token(.labeler)
      let own = "/requests/\(mine.request)/uploads"
      for path in [own, own + "/", "/api/upload"] {
        let unknown = try begin(path, nil, instance)
        expectProblem(unknown, 401)
        #expect(unknown.values("www-authenticate") == ["Bearer"])
        #expect(try unknown.json["detail"].string.contains("Sign in first"))
        expectProblem(try begin(path, "x", instance), 401)
        expectProblem(try begin(path, labeler, instance), 403)
      }
      let foreign = try begin("/requests/\(others.request)/uploads", mine.token, instance)
      expectProblem(foreign, 404)
      #expect(try foreign.json["detail"].string == "No such request.")
      expectProblem(try begin("/requests/x/uploads", mine.token, instance), 400)
      let misspelt = try begin("/api/upload?project=x", mine.token, instance)
      #expect(misspelt.status == 422)
      #expect(try misspelt.json["detail"].string == "project must be the id of a project.")
    }

    @Test func otherMethodsMaySendNoLargeBody() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let wire = try Wire(instance)
        let post = head("/requests/\(job.request)/uploads", job.token)
        wire.send(Array(method.utf8) + post.dropFirst(4))
        expectProblem(try WebAnswer(parsing: wire.receive()), 413, method)
      }
      #expect(try job.uploads().isEmpty)
    }

    @Test func clientsCannotCallTheInternalAddress() throws {
      let instance = try Instance.running()
      let paths = [
        "/.form", "/.form/check", "/.refused", "/.refused/other", "/.refused/silence", "/.slow",
      ]
      for path in paths {
        for method in ["GET", "POST"] {
          expectProblem(try instance.send(method, path), 404, path)
        }
      }
    }

    @Test func continueIsSentWhenExpected() throws {
      let instance = try Instance.running()
      let token = try instance.token(.customer)
      let allowed = try Wire(instance)
      allowed.send(head("/api/upload", token, ["Expect: 100-continue"]))
      #expect(try allowed.nextLine() == "HTTP/1.1 100 Continue")
      let refused = try Wire(instance)
      refused.send(head("/api/upload", nil, ["Expect: 100-continue"]))
      #expect(try refused.nextLine() == "HTTP/1.1 401 Unauthorized")
    }

    /// The ninth upload of one account is refused; the first of another account is not.
    @Test func oneAccountHasFewConcurrentUploads() throws {
      let instance = try Instance()
      defer { try? instance.stop() }
      let (token, other) = (try instance.token(.customer), try instance.token(.universal))
      var slow: [Slow] = []
      let head = { self.head("/api/upload", $0, ["Expect: 100-continue"]) }
      for _ in 0..<8 { slow.append(try Slow(head(token), instance)) }
      for upload in slow { #expect(try upload.wire.nextLine() == "HTTP/1.1 100 Continue") }
      let refused = try begin("/api/upload", token, instance)
      expectProblem(refused, 503)
      #expect(refused.header("retry-after") != nil)
      #expect(try instance.send("GET", "/requests", token: token).status == 200)
      let another = try Slow(head(other), instance)
      #expect(try another.wire.nextLine() == "HTTP/1.1 100 Continue")
    }

    /// A permitted upload whose body does not come.
    private final class Slow {
      let wire: Wire

      init(_ head: [UInt8], _ instance: Instance) throws {
        wire = try Wire(instance)
        wire.send(head)
      }
    }
  }
}
