import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// An upload or a worker makes previews, and nginx serves them to every client with a signed link.
  @Suite struct PreviewTests {
    /// A picture of each accepted format, 480 by 320, and the type of its original.
    private func picture(_ suffix: String, _ instance: Instance) throws -> String {
      let seed = UInt64.random(in: 0...UInt64.max)
      let source = try instance.file(Pictures.png(seed: seed, width: 480, height: 320))
      // libvips writes all formats but BMP, which is made by hand in its simplest form.
      guard suffix == "bmp" else {
        let made = try Program.run(["vips", "copy", source, "\(source).\(suffix)"])
        try #require(made.code == 0, "\(made.errors)")
        return "\(source).\(suffix)"
      }
      func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> ($0 * 8) & 255) } }
      let pixels = (0..<480 * 320 * 3).map { _ in UInt8.random(in: 0...255) }
      let head =
        number(54 + UInt32(pixels.count)) + number(0) + number(54) + number(40)
        + number(480) + number(320) + [1, 0, 24, 0] + number(0) + number(UInt32(pixels.count))
        + number(2835) + number(2835) + number(0) + number(0)
      return try instance.file(Array("BM".utf8) + head + pixels)
    }

    /// Uploads a file by `/api/upload`; returns its entry in the list.
    private func upload(_ path: String, named name: String, _ job: Job) throws -> JSON {
      let answer = try job.instance.send(
        "POST", "/api/upload?project=\(job.request)", token: job.token,
        files: [WebFile(name, at: path)])
      try #require(answer.status == 201, "\(answer.text)")
      return try answer.json["files"][0]
    }

    private func expectBound(
      _ answer: WebAnswer, as type: String, at place: SourceLocation = #_sourceLocation
    ) {
      #expect(answer.status == 200, sourceLocation: place)
      #expect(answer.header("content-type") == type, sourceLocation: place)
      #expect(answer.header("x-content-type-options") == "nosniff", sourceLocation: place)
      #expect(
        answer.header("content-security-policy") == "default-src 'none'; sandbox",
        sourceLocation: place)
      #expect(answer.header("x-request-id")?.isEmpty == false, sourceLocation: place)
    }

    private func size(_ answer: WebAnswer, _ instance: Instance) throws -> String? {
      let path = try instance.file(answer.body)
      let header = try Program.run(["vipsheader", path])
      return header.text.firstMatch(of: /: (\d+x\d+)/).map { String($0.1) }
    }

    @Test(arguments: [
      ("jpg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp"), ("tif", "image/tiff"),
      ("gif", "image/gif"), ("bmp", "image/bmp"),
    ])
    func eachFormatIsServedAsOriginalAndPreview(_ suffix: String, _ type: String) throws {
      let instance = try Instance.running()
      let job = try Job(instance, token: try instance.newCustomer())
      let path = try picture(suffix, instance)
      let file = try upload(path, named: "a.\(suffix)", job)
      // The link works at once.
      let early = try instance.send("GET", file["preview_url"].string)
      #expect(early.status == 200)
      let original = try instance.send("GET", job.originals()[at: 0])
      expectBound(original, as: type)
      #expect(try original.body == Files.bytes(path))
      let download = try instance.send("GET", file["download_url"].string, token: job.token)
      expectBound(download, as: type)
      #expect(download.header("content-disposition")?.hasPrefix("attachment") == true)
      #expect(try download.body == Files.bytes(path))

      let url = try job.previews()[at: 0]
      let preview = try instance.send("GET", url)
      expectBound(preview, as: "image/jpeg")
      #expect(preview.header("content-disposition") == "inline")
      #expect(preview.header("cache-control") == "private, max-age=3600")
      #expect(try size(preview, instance) == "320x213")
      let user = try instance.send("GET", "/auth/me", token: job.token).json["id"].string
      let list = try instance.send("GET", "/api/files/\(user)", token: job.token)
      let large = try list.json["files"][0]["large_preview_url"].string
      #expect(try size(instance.send("GET", large), instance) == "480x320")
    }

    @Test func previewsAreCachedAndServedInRanges() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(1)
      let url = try job.previews()[at: 0]
      let whole = try instance.send("GET", url)
      let etag = try #require(whole.header("etag"))
      let same = try instance.send("GET", url, options: [("header", "If-None-Match: \(etag)")])
      #expect(same.status == 304 && same.body.isEmpty)
      let part = try instance.send("GET", url, options: [("range", "0-3")])
      #expect(part.status == 206 && part.body == [0xFF, 0xD8, 0xFF, 0xE0])
      let head = try instance.send("HEAD", url)
      #expect(head.status == 200 && head.header("content-length") == "\(whole.body.count)")
    }

    @Test func forgedAndExpiredLinksAreRefused() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(1)
      let parts = try job.previews()[at: 0].split(separator: "?").map(String.init)
      let (path, query) = (parts[0], "?" + parts[1])
      expectProblem(try instance.send("GET", path), 403, "none")
      // The signature is valid for one size of one picture only, not for the original.
      for other in ["-1280.jpg", "-0320.jpg", ".png", ".jpg", "-.jpg", "-320.jpg/", "-320.webp"] {
        let forged = try instance.send("GET", path.replacing("-320.jpg", with: other) + query)
        #expect(forged.status == 403 || forged.status == 404, "\(other)")
        expectProblem(forged, other)
      }
      let time = try #require(query.firstMatch(of: /expires=(\d+)/)).1
      let later = query.replacing(time, with: "9999999999")
      expectProblem(try instance.send("GET", path + later), 403, "time")
      expectProblem(try instance.send("POST", path + query, json: "{}"), 405, "method")
      let local = try #require(path.firstMatch(of: /\/media\/.*/)).0
      let old = try instance.sign(String(local), expires: 1_000_000_000)
      expectProblem(try instance.send("GET", old), 410, "expired")
      // Another customer's token gives access neither to the list nor by a changed link.
      let stranger = try instance.newCustomer()
      expectProblem(
        try instance.send("GET", "/requests/\(job.request)/uploads", token: stranger), 404)
      expectProblem(try instance.send("GET", path, token: stranger), 403)
    }

    /// Versions 1 and 2 are WebP; processes of the previous release call version 3 by that name.
    @Test func earlierVersionsAndFormerNamesAreServed() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(1)
      let url = try job.previews()[at: 0]
      let path = String(try #require(url.firstMatch(of: /\/media\/[0-9a-f]{64}/)).0)
      let later = Int(time(nil)) + 600
      let jpeg = try instance.send("GET", url).body
      let former = try instance.send("GET", instance.sign("\(path)-v3-320.webp", expires: later))
      expectBound(former, as: "image/jpeg")
      #expect(former.body == jpeg)
      let digits = path.dropFirst("/media/".count)
      let webp = Array("RIFF of an earlier version".utf8)
      for name in ["-320.webp", "-v2-320.webp"] {
        let folder = "\(instance.state)/store/previews/\(digits.prefix(2))"
        let file = "\(folder)/\(digits.dropFirst(2))\(name)"
        try Files.write(file, webp)
        let old = try instance.send("GET", instance.sign(path + name, expires: later))
        expectBound(old, as: "image/webp")
        #expect(old.body == webp)
        Files.remove(file)
      }
    }

    @Test func aPolyglotIsServedAsItsImageType() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let jpeg = try Files.bytes(
        Images.jpeg(of: Pictures.png(seed: .random(in: 0 ... .max)), instance))
      let script = Array("<html><script>alert(document.domain)</script></html>".utf8)
      let comment = [0xFF, 0xFE, 0, UInt8(script.count + 2)] + script
      let polyglot = [0xFF, 0xD8] + comment + jpeg.dropFirst(2) + script
      let sent = try job.upload([WebFile("page.jpg", at: instance.file(polyglot))])
      try #require(sent.status == 200, "\(sent.text)")
      let original = try instance.send("GET", job.originals()[at: 0])
      expectBound(original, as: "image/jpeg")
      #expect(original.body == polyglot)
      let preview = try instance.send("GET", job.previews()[at: 0])
      expectBound(preview, as: "image/jpeg")
      #expect(!preview.text.contains("<script>"))
    }

    @Test func theNextWorkerMakesPreviewsOfAKilledOne() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let files = try (0..<24).map { number in
        let png = Pictures.png(seed: .random(in: 0 ... .max))
        return WebFile("\(number).jpg", at: try Images.jpeg(of: png, scale: 16, instance))
      }
      let answer = try job.upload(files)
      try #require(answer.status == 200, "\(answer.text)")
      try job.forgetPreviews()
      var chance = Chance()
      for _ in 0..<3 {
        let victim = try #require(try instance.processes().workers.first)
        usleep(UInt32.random(in: 100_000...400_000, using: &chance))
        kill(victim, SIGKILL)
        try instance.wait(for: "another worker") {
          try instance.processes().workers.contains { $0 != victim }
        }
        // A lease of a dead worker expires after ninety seconds; a statement ends it now.
        try Database.run(
          """
          update job_chunk set lease_expires_at = now()
          where state = 'running' and leased_by like '%:\(victim)'
          """, instance)
      }
      let links = try job.previews()
      #expect(links.count == 24)
      for link in links {
        let preview = try instance.send("GET", link)
        #expect(try preview.status == 200 && size(preview, instance) == "320x213")
      }
      let faults = try Database.run(
        """
        select count(*) from blob join item using (organization_id, sha256)
        where project_id = '\(job.request)' and preview_fault is not null
        """, instance)
      #expect(faults == "0\n")
    }

    @Test func olderPicturesGetPreviewsWithTheNextSweep() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(1)
      _ = try job.previews()
      try job.forgetPreviews()
      _ = try job.previews()
    }
  }
}
