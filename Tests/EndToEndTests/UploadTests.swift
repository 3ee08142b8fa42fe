import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Uploads as curl and browsers send them.
  @Suite struct UploadTests {
    @Test(arguments: [
      "plain.png", "with space.png", "quo\"te.png", "back\\slash.png", "semi;colon.png",
      "größe-日本語-🐈.png", "comma,equals=.png", "percent%22.png", ".hidden.png", "no extension",
      "'; drop table item; --.png", "<script>.png", "../../../etc/passwd",
      String(repeating: "long-", count: 40) + ".png",
    ])
    func fileNameIsKeptOrRefused(_ name: String) throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max), width: 16, height: 16)
      let answer = try job.upload([WebFile(name, at: try instance.file(bytes))])
      #expect(answer.status == 200, "\(answer.text)")
      let row = try #require(try job.uploads().first)
      let kept = try row["filename"].string
      #expect(!kept.isEmpty && !kept.contains("/"))
      let base = name.split(separator: "/").last.map(String.init) ?? name
      // Clients escape a quote in three ways; a backslash was once a path separator.
      if !name.contains(where: { "\"\\%".contains($0) }) { #expect(kept == base) }
      #expect(try row["size_bytes"].int == bytes.count)
    }

    @Test func typeComesFromTheContentNotTheName() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let png = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      #expect(try job.upload([WebFile("lies.jpg", at: png)]).status == 200)
      #expect(try job.uploads()[at: 0]["content_type"].string == "image/png")
    }

    @Test func uploadWithoutGoodFilesIs400WithAReason() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let empty = try instance.file([])
      let gif = try instance.file(Array("GIF89a".utf8) + [UInt8](repeating: 0, count: 100))
      for path in [empty, gif, "/etc/hostname"] {
        let answer = try job.upload([WebFile("a.png", at: path)])
        expectProblem(answer, 400)
        #expect(try answer.json["detail"].string.contains("a.png"))
      }
      #expect(try job.uploads().isEmpty)
    }

    @Test func tooLargeFileStopsNoOther() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let large = try Images.large(bytes: 21 << 20, instance)
      let good = try instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      try instance.tidy {
        let answer = try job.upload([
          WebFile("large.png", at: large), WebFile("good.png", at: good),
        ])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["uploaded"].int == 1)
        let errors = try answer.json["errors"].elements
        #expect(try errors.map { try $0["filename"].string } == ["large.png"])
        #expect(try errors[0]["reason"].string.contains("larger"))
        expectProblem(try job.upload([WebFile("large.png", at: large)]), 400)
      }
    }

    @Test func hundredPicturesAreUploadedAtOnce() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let files = try (0..<100).map { number in
        let seed = UInt64.random(in: 0...UInt64.max)
        let bytes = Pictures.png(seed: seed, width: 16, height: 16)
        return WebFile("\(number).png", at: try instance.file(bytes))
      }
      let answer = try job.upload(files)
      #expect(try answer.json["uploaded"].int == 100)
      #expect(try job.uploads().count == 100)
      #expect(try job.upload(files).json["skipped"].int == 100)
    }

    @Test func qualityControlRunsOnce() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(12)
      // Stopped, the worker leaves the run unfinished during the check.
      let workers = try instance.processes().workers
      for worker in workers { kill(worker, SIGSTOP) }
      defer { for worker in workers { kill(worker, SIGCONT) } }
      try job.runQuality()
      expectProblem(
        try instance.send("POST", "/requests/\(job.request)/qc/run", as: .customer), 409)
      let one = try instance.send("GET", "/requests/\(job.request)", as: .customer)
      #expect(try one.json["status"].string == "qc")
      for worker in workers { kill(worker, SIGCONT) }
      #expect(try job.finishQuality().count == 12)
    }
  }
}
