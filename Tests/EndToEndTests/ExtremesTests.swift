import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Files with one extreme number each, through upload, quality control and previews.
  @Suite struct ExtremesTests {
    /// Makes the files, which exist as long as the folder.
    private static func files(in folder: TemporaryDirectory) throws -> [WebFile] {
      let script = "\(Products.checkout)/Tests/Corpus/extremes.py"
      let made = try Program.run(["python3", "-B", script, folder.path], seconds: 120)
      try #require(made.code == 0, "\(made.errors)")
      return try Files.names(in: folder.path).sorted().map {
        WebFile($0, at: "\(folder.path)/\($0)")
      }
    }

    @Test func eachFileGetsItsOwnResult() throws {
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      let files = try Self.files(in: folder)
      #expect(files.count > 1300)
      let instance = try Instance.running()
      let job = try Job(instance, token: instance.newCustomer())
      try instance.unharmed {
        try instance.tidy {
          for start in stride(from: 0, to: files.count, by: 200) {
            try upload(files[start..<min(start + 200, files.count)], job)
          }
        }
        let uploads = try job.uploads()
        try job.runQuality()
        let rows = try job.finishQuality()
        #expect(rows.count == uploads.count)
        let progress = try instance.send(
          "GET", "/requests/\(job.request)/qc", token: job.token)
        #expect(try progress.json["failed"].int == 0)
        try checkFlags(rows, uploads)
        try instance.wait(seconds: 120, for: "the previews") {
          let waiting = try Database.run(
            "select count(*) from blob where previewed_at is null and mime like 'image/%'",
            instance)
          return waiting == "0\n"
        }
      }
    }

    /// Sends some files and a good one; each is stored, or refused with its own reason.
    private func upload(_ files: ArraySlice<WebFile>, _ job: Job) throws {
      let seed = UInt64.random(in: 0...UInt64.max)
      let good = WebFile("good.png", at: try job.instance.file(Pictures.png(seed: seed)))
      let answer = try job.instance.send(
        "POST", "/api/upload?project=\(job.request)", token: job.token, files: files + [good])
      try #require(answer.status == 201, "\(answer.text.prefix(300))")
      let taken = try answer.json["files"].elements.map { try $0["filename"].string }
      var reasons: [String: [String]] = [:]
      for error in try answer.json["errors"].elements {
        try reasons[error["filename"].string, default: []].append(error["reason"].string)
      }
      #expect(taken.contains("good.png"))
      for file in files where !file.name.hasSuffix(".zip") {
        #expect(taken.contains(file.name) != (reasons[file.name] != nil), "\(file.name)")
      }
      for (name, reasons) in reasons {
        for reason in reasons {
          #expect(!reason.contains("within the limits"), "\(name) made its decoder die")
          #expect(!reason.contains("too long"), "\(name) took too long")
          #expect(!reason.contains("busy"), "\(name) was not looked at")
        }
      }
    }

    /// Checks that quality control finds no fault that the upload missed.
    private func checkFlags(_ rows: [JSON], _ uploads: [JSON]) throws {
      let names = try Dictionary(
        uniqueKeysWithValues: uploads.map {
          (try $0["image_id"].string, try $0["filename"].string)
        })
      for row in rows {
        let isCorrupt = try row["flags"].elements.contains(.string("corrupt"))
        let name = try names[row["image_id"].string] ?? ""
        #expect(!isCorrupt, "\(name)")
      }
    }
  }
}
