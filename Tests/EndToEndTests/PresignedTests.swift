import HTTP
import Support
import Testing

extension EndToEnd {
  /// Files that are announced, sent by PUT to nginx itself, and completed.
  @Suite struct PresignedTests {
    /// Announces files; the tickets.
    private func announce(_ job: Job, _ names: [String]) throws -> [JSON] {
      let files = names.map { #"{"filename": "\#($0)", "content_type": "image/png"}"# }
      let answer = try job.instance.send(
        "POST", "/uploads/presign", as: .customer,
        json: #"{"request_id": "\#(job.request)", "files": [\#(files.joined(separator: ","))]}"#)
      try #require(answer.status == 200, "\(answer.text)")
      #expect(try answer.json.keys == ["uploads"])
      return try answer.json["uploads"].elements
    }

    /// Sends a file to an address, as the ticket says.
    private func put(
      _ path: String, to url: String, type: String = "image/png", _ instance: Instance,
      options: [(name: String, value: String)] = []
    ) throws -> WebAnswer {
      try instance.send(
        "PUT", url,
        options: [("upload-file", path), ("header", "Content-Type: \(type)")] + options)
    }

    private func complete(_ job: Job, _ keys: [String]) throws -> WebAnswer {
      let files = keys.map { #"{"filename": "a.png", "key": "\#($0)", "etag": null}"# }
      return try job.instance.send(
        "POST", "/uploads/complete", as: .customer,
        json: #"{"request_id": "\#(job.request)", "uploaded": [\#(files.joined(separator: ","))]}"#)
    }

    @Test func announcedFilesArriveAndCount() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let tickets = try announce(job, ["one.png", "two.png"])
      var keys: [String] = []
      for (ticket, name) in zip(tickets, ["one.png", "two.png"]) {
        #expect(try ticket.keys == ["filename", "url", "method", "headers", "key"])
        #expect(try ticket["filename"].string == name && ticket["method"].string == "PUT")
        #expect(try ticket["headers"] == .object(["Content-Type": .string("image/png")]))
        let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
        let sent = try put(try instance.file(bytes), to: ticket["url"].string, instance)
        #expect((200..<300).contains(sent.status), "\(sent.text)")
        keys.append(try ticket["key"].string)
      }
      for _ in 0..<2 {
        #expect(try complete(job, keys).json == .object(["status": .string("ok")]))
      }
      #expect(try Set(job.uploads().map { try $0["filename"].string }) == ["one.png", "two.png"])
    }

    @Test func onlyTheAnnouncedFileIsTaken() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let ticket = try #require(try announce(job, ["one.png"]).first)
      let url = try ticket["url"].string
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      let parts = url.split(separator: "?").map(String.init)
      expectProblem(try put(good, to: parts[0], instance), 403, "no signature")
      expectProblem(try put(good, to: url + "0", instance), 403, "a changed one")
      let other = parts[0].dropLast(3) + "000?" + parts[1]
      expectProblem(try put(good, to: other, instance), 403, "another file's")
      expectProblem(try put(good, to: url, type: "text/html", instance), 403, "another type")
      let large = try Images.large(bytes: 21 << 20, instance)
      expectProblem(try put(large, to: url, instance), 413, "too large")
      for method in ["GET", "DELETE", "POST", "MKCOL", "COPY"] {
        let answer = try instance.send(method, url)
        #expect((400..<500).contains(answer.status), "\(method) \(answer.status)")
        expectProblem(answer, method)
      }
      expectProblem(try complete(job, [ticket["key"].string]), 400, "nothing has come")
      #expect(try job.uploads().isEmpty)
    }

    @Test func badFileIsNamedAndTheGoodOneTaken() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let tickets = try announce(job, ["good.png", "bad.png"])
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      #expect(try put(good, to: tickets[0]["url"].string, instance).status < 300)
      #expect(try put("/etc/hostname", to: tickets[1]["url"].string, instance).status < 300)
      let answer = try complete(job, tickets.map { try $0["key"].string })
      expectProblem(answer, 400)
      #expect(try answer.json["detail"].string.contains("1 of 2"))
      #expect(try job.uploads().map { try $0["filename"].string } == ["good.png"])
    }
  }
}
