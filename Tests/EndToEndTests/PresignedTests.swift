import HTTP
import Support
import Testing

extension EndToEnd {
  /// Files that are announced, sent by PUT to nginx itself, and completed.
  @Suite struct PresignedTests {
    @Test func announcedFilesArriveAndCount() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let tickets = try job.announce(["one.png", "two.png"])
      var keys: [String] = []
      for (ticket, name) in zip(tickets, ["one.png", "two.png"]) {
        #expect(try ticket.keys == ["filename", "url", "method", "headers", "key"])
        #expect(try ticket["filename"].string == name && ticket["method"].string == "PUT")
        #expect(try ticket["headers"] == .object(["Content-Type": .string("image/png")]))
        let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
        let sent = try job.put(try instance.file(bytes), to: ticket["url"].string)
        #expect((200..<300).contains(sent.status), "\(sent.text)")
        keys.append(try ticket["key"].string)
      }
      for _ in 0..<2 {
        #expect(try job.complete(keys).json == .object(["status": .string("ok")]))
      }
      #expect(try Set(job.uploads().map { try $0["filename"].string }) == ["one.png", "two.png"])
    }

    @Test func onlyTheAnnouncedFileIsTaken() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let ticket = try #require(try job.announce(["one.png"]).first)
      let url = try ticket["url"].string
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      let parts = url.split(separator: "?").map(String.init)
      expectProblem(try job.put(good, to: parts[0]), 403, "no signature")
      expectProblem(try job.put(good, to: url + "0"), 403, "a changed one")
      let other = parts[0].dropLast(3) + "000?" + parts[1]
      expectProblem(try job.put(good, to: other), 403, "another file's")
      expectProblem(try job.put(good, to: url, type: "text/html"), 403, "another type")
      let large = try Images.large(bytes: 21 << 20, instance)
      expectProblem(try job.put(large, to: url), 413, "too large")
      for method in ["GET", "DELETE", "POST", "MKCOL", "COPY"] {
        let answer = try instance.send(method, url)
        #expect((400..<500).contains(answer.status), "\(method) \(answer.status)")
        expectProblem(answer, method)
      }
      expectProblem(try job.complete([ticket["key"].string]), 400, "nothing has come")
      #expect(try job.uploads().isEmpty)
    }

    @Test func badFileIsNamedAndTheGoodOneTaken() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let tickets = try job.announce(["good.png", "bad.png"])
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      #expect(try job.put(good, to: tickets[0]["url"].string).status < 300)
      #expect(try job.put("/etc/hostname", to: tickets[1]["url"].string).status < 300)
      let answer = try job.complete(tickets.map { try $0["key"].string })
      expectProblem(answer, 400)
      #expect(try answer.json["detail"].string.contains("1 of 2"))
      #expect(try job.uploads().map { try $0["filename"].string } == ["good.png"])
    }
  }
}
