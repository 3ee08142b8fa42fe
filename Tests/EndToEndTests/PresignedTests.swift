import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Files are announced, sent by PUT to nginx, and completed.
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

    @Test func onlyTheAnnouncedFileIsAccepted() throws {
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

    @Test func eachRefusalNamesItsReason() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let ticket = try #require(try job.announce(["one.png"]).first)
      let (url, key) = (try ticket["url"].string, try ticket["key"].string)
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      func expect(_ answer: WebAnswer, _ status: Int, _ sentence: String) throws {
        expectProblem(answer, status, sentence)
        #expect(try answer.json["detail"].string == sentence)
      }
      try expect(
        job.put(good, to: url, type: "image/jpeg"), 403,
        "The Content-Type header must be image/png, as for this address.")
      try expect(
        job.put(good, to: url + "00"), 403,
        "The signature of the address is wrong: send the address unchanged, or request a new one.")
      try expect(
        job.put(good, to: String(url.prefix { $0 != "?" })), 403,
        "The signature of the address is missing or wrong: send the address unchanged, "
          + "or request a new one.")
      let target = try #require(url.firstMatch(of: /\/incoming\/.*/)).0
      let lines = [
        "PUT \(target) HTTP/1.1", "Host: a", "Connection: close", "Content-Type: image/png",
        "Transfer-Encoding: chunked", "", "4\r\nabcd\r\n0\r\n\r\n",
      ]
      try expect(
        Wire.exchange(Array(lines.joined(separator: "\r\n").utf8), instance), 411,
        "The Content-Length header is missing.")
      try expect(
        job.put(good, to: instance.expired(String(target))), 403,
        "The address has expired: request a new one.")
      #expect(try job.put(good, to: url).status == 201)
      #expect(try job.complete([key]).status == 200)
      try expect(
        job.put(good, to: url), 403,
        "This upload was completed or refused before: request a new address.")
    }

    /// A file over one megabyte, the limit of other bodies, is sent twice, and again after
    /// completion.
    @Test func aLargeFileMayBeReplacedUntilItIsCompleted() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let ticket = try #require(try job.announce(["large.png"]).first)
      let (url, key) = (try ticket["url"].string, try ticket["key"].string)
      let large = try Images.large(bytes: 3 << 20, instance)
      #expect(try job.put(large, to: url).status == 201)
      #expect(try job.put(large, to: url).status == 204)
      #expect(try job.complete([key]).status == 200)
      expectProblem(try job.put(large, to: url), 403)
      #expect(try job.complete([key]).status == 200)
      let row = try #require(try job.uploads().first)
      #expect(try row["size_bytes"].int == Files.bytes(large).count)
    }

    @Test func manyCompletionsAtOnceMakeOneItem() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      for _ in 0..<5 {
        let ticket = try #require(try job.announce(["a.png"]).first)
        let key = try ticket["key"].string
        let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
        _ = try job.put(try instance.file(bytes), to: ticket["url"].string)
        let all = (0..<8).map { _ in Load(once: { try job.complete([key]) }) }
        #expect(all.map { $0.join().statuses } == Array(repeating: [200: 1], count: 8))
      }
      #expect(try job.uploads().count == 5)
    }

    /// If the file is replaced meanwhile, the examined bytes are stored.
    @Test func aSwappedFileIsNotStoredUnexamined() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let script = try instance.file(Array("<script>alert(1)</script>".utf8))
      for _ in 0..<10 {
        let ticket = try #require(try job.announce(["a.png"]).first)
        let (url, key) = (try ticket["url"].string, try ticket["key"].string)
        let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
        _ = try job.put(try instance.file(bytes), to: url)
        let swap = Load(once: { try job.put(script, to: url) })
        let answer = try job.complete([key])
        _ = swap.join()
        #expect([200, 400].contains(answer.status), "\(answer.text)")
      }
      // The stored bytes are those of the picture, not of the script.
      for row in try job.uploads() {
        #expect(try row["size_bytes"].int == Pictures.png(seed: 1).count)
        #expect(try row["content_type"].string == "image/png")
      }
    }

    @Test(arguments: [
      "//incoming//ID", "/./incoming/ID", "/x/../incoming/ID", "/incoming/ID?%zz", "/incoming/ID/",
      "//incoming/ID.zip", "/incoming/ID.zip?%zz", "/incoming/ID.closed",
      "/incoming/ID?type=%00&size=1&expires=9&sig=0", "/incoming/ID%00", "/incoming/ID%2fx",
      "/incoming/../../etc/passwd", "/incoming/%2e%2e/x", "/incoming/", "/incoming", "/.upload",
      "/incoming/ID?type=image%2Fpng&size=99999999999999999999&expires=9&sig=00", "/.blobs/aa/bb",
    ])
    func oddAddressesAreRefused(_ address: String) throws {
      let instance = try Instance.running()
      let path = address.replacing("ID", with: "01900000-0000-7000-8000-000000000000")
      for length in ["Content-Length: 4", "Transfer-Encoding: chunked"] {
        let body = length.hasPrefix("C") ? "abcd" : "4\r\nabcd\r\n0\r\n\r\n"
        let lines = ["PUT \(path) HTTP/1.1", "Host: a", "Connection: close", length, "", body]
        let answer = try Wire.exchange(Array(lines.joined(separator: "\r\n").utf8), instance)
        #expect([400, 403, 404].contains(answer.status), "\(answer.status)")
        expectProblem(answer, path)
      }
      #expect(try !Files.names(in: instance.state + "/store/incoming").contains("x"))
    }

    @Test func theErrorLogRepeatsNoSignature() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let ticket = try #require(try job.announce(["a.png"]).first)
      let url = try ticket["url"].string
      let large = try Images.large(bytes: 21 << 20, instance)
      expectProblem(try job.put(large, to: url), 413)
      expectProblem(try instance.send("DELETE", url), 405)
      try job.uploadPictures(1)
      let link = try job.originals()[at: 0]
      let digest = String(try #require(link.firstMatch(of: /[0-9a-f]{64}/)).0)
      let file = "\(instance.state)/store/blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"
      try #require(rename(file, file + "~") == 0)
      // nginx follows no symbolic link, and may not enter the folder.
      symlink("/etc/hostname", file)
      let closed = [try instance.send("GET", link)]
      unlink(file)
      mkdir(file, 0o700)
      for answer in try closed + [instance.send("GET", link)] {
        expectProblem(answer, 403)
        #expect(
          try answer.json["detail"].string
            == "The service cannot open this file: the operator must look at its rights in the "
            + "store.")
      }
      rmdir(file)
      expectProblem(try instance.send("GET", link), 404)
      try #require(rename(file + "~", file) == 0)
      expectProblem(try instance.send("POST", link), 405)
      expectProblem(try instance.send("GET", link.replacing(".png", with: "/.png")), 404)
      let log = try Files.text(instance.state + "/log/assay.error.log")
      #expect(log.split(separator: "\n").filter { $0.contains("sig=") } == [])
    }

    @Test func badFileIsReportedAndTheGoodOneAccepted() throws {
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
