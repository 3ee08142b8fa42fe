import HTTP
import Support
import Testing

extension EndToEnd {
  /// Archives of every kind, through nginx.
  @Suite struct ArchiveTests {
    private static let specimens =
      ArchiveSpecimen.sound + ArchiveSpecimen.names + ArchiveSpecimen.damaged
      + ArchiveSpecimen.hostile + ArchiveSpecimen.foreign

    @Test func eachArchiveHasTheExpectedResult() throws {
      let instance = try Instance.running()
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      try ArchiveSpecimen.make(Self.specimens, in: folder.path)
      try instance.tidy {
        try instance.unharmed {
          for (index, specimen) in Self.specimens.enumerated() {
            let job = try Job(instance)
            let file = WebFile("x.zip", at: "\(folder.path)/\(index)")
            let answer = try instance.send(
              "POST", "/api/upload?project=\(job.request)", token: job.token, files: [file])
            try expect(specimen, answer, job)
          }
        }
      }
      expectNoStrangers(in: instance)
    }

    private func expect(_ specimen: ArchiveSpecimen, _ answer: WebAnswer, _ job: Job) throws {
      let kept = try job.uploads().map { try $0["filename"].string }
      #expect(kept.sorted() == specimen.taken.sorted(), "\(specimen.name)")
      #expect(answer.status == (specimen.taken.isEmpty ? 400 : 201), "\(specimen.name)")
      guard answer.status == 201 else {
        expectProblem(answer, specimen.name)
        let detail = try answer.json["detail"].string
        #expect(
          detail.contains(specimen.faults.first ?? "nothing to expect"),
          "\(specimen.name): \(detail)")
        return
      }
      let faults = try answer.json["errors"].elements.map { try $0["reason"].string }
      #expect(faults.count == specimen.faults.count, "\(specimen.name): \(faults.prefix(20))")
      for (fault, word) in zip(faults, specimen.faults) {
        #expect(fault.contains(word), "\(specimen.name): \(fault)")
      }
    }

    @Test func anAnnouncedArchiveIsUnpacked() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let files = try (0..<40).map { number in
        // Stored without compression: more bytes than a picture may have.
        Zip.File(
          "\(number).png",
          try Files.bytes(Images.large(bytes: 600_000 + number * 1000, instance)))
      }
      let archive = try instance.file(Zip(files).bytes)
      let announced = try instance.send(
        "POST", "/uploads/presign", token: job.token,
        json: """
          {"request_id": "\(job.request)",
           "files": [{"filename": "a.zip", "content_type": "application/zip"}]}
          """)
      let ticket = try announced.json["uploads"][0]
      let sent = try instance.send(
        "PUT", ticket["url"].string,
        options: [("upload-file", archive), ("header", "Content-Type: application/zip")])
      #expect((200..<300).contains(sent.status), "\(sent.text)")
      let done = try instance.send(
        "POST", "/uploads/complete", token: job.token,
        json: """
          {"request_id": "\(job.request)",
           "uploaded": [{"filename": "a.zip", "key": "\(ticket["key"].string)", "etag": null}]}
          """)
      #expect(try done.json == .object(["status": .string("ok")]), "\(done.text)")
      #expect(try job.uploads().count == 40)
      let left = try Files.names(in: instance.state + "/store/incoming")
      #expect(left.allSatisfy { $0.hasSuffix(".closed") })
    }

    @Test func aTextIsDownloadedAndNotDisplayed() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let text = "<script>alert(1)</script> größe"
      let file = WebFile("a.txt", at: try instance.file(Array(text.utf8)))
      let answer = try instance.send(
        "POST", "/api/upload?project=\(job.request)", token: job.token, files: [file])
      let row = try answer.json["files"][0]
      for (url, token) in [
        (try row["preview_url"].string, String?.none),
        ("/api/files/\(try row["id"].string)/download", job.token),
      ] {
        let given = try instance.send("GET", url, token: token)
        #expect(given.status == 200 && given.text == text)
        #expect(given.header("content-type")?.lowercased() == "text/plain; charset=utf-8")
        #expect(given.header("x-content-type-options") == "nosniff")
        #expect(given.header("content-disposition")?.hasPrefix("attachment") == true)
        #expect(given.header("content-security-policy")?.contains("sandbox") == true)
      }
    }
  }
}
