import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// A store is full or not writable.
  @Suite struct StoreFaultTests {
    /// A service whose store is a separate file system of so many megabytes.
    private func instance(megabytes: Int) throws -> Instance {
      try #require(
        geteuid() == 0,
        "This test mounts a file system: run it as root, or in `unshare --map-root-user --mount`.")
      return try Instance { run in
        let store = "\(run)/state/store"
        try shell(
          "mkdir -p \(store) && mount -t tmpfs -o size=\(megabytes)m,mode=750 tmpfs \(store)")
      }
    }

    private func shell(_ line: String) throws {
      let done = try Program.run(["sh", "-c", line])
      try #require(done.code == 0, "\(line): \(done.errors)")
    }

    /// A picture of slightly more than so many megabytes.
    private func large(_ megabytes: Double, _ instance: Instance) throws -> WebFile {
      let bytes = Int(megabytes * 1_048_576)
      return WebFile("\(megabytes).png", at: try Images.large(bytes: bytes, instance))
    }

    private func small(_ instance: Instance) throws -> WebFile {
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
      return WebFile("small.png", at: try instance.file(bytes))
    }

    /// Checks that files and rows agree, without leftovers, when the worker has made its previews.
    private func expectClean(_ instance: Instance) throws {
      try instance.wait(for: "a clean store") {
        try instance.assay("fsck", "--age", "0").code == 0
          && ["tmp", "arriving", "incoming"].allSatisfy { folder in
            // A completed announced upload leaves the mark of its closed address.
            try Files.names(in: "\(instance.state)/store/\(folder)")
              .allSatisfy { $0.hasSuffix(".closed") }
          }
      }
    }

    /// Checks that the log has the error of the store with the id of the answer.
    private func expectLogged(
      _ answer: WebAnswer, _ instance: Instance, at place: SourceLocation = #_sourceLocation
    ) throws {
      let id = try answer.json["request_id"].string
      let lines = try Files.text("\(instance.state)/log/pool.log").split(separator: "\n")
      let logged = lines.contains { line in
        line.contains("level=error event=\"a file was not stored\"")
          && line.contains("request_id=\(id)")
      }
      #expect(logged, "\(id)", sourceLocation: place)
    }

    @Test func unwritableStoreIsReportedAndRecovers() throws {
      let instance = try instance(megabytes: 12)
      defer { try? instance.stop() }
      try fullStoreIs507(instance)
      try readOnlyStoreIs503(instance)
    }

    private func fullStoreIs507(_ instance: Instance) throws {
      let job = try Job(instance)
      let ticket = try #require(try job.announce(["late.png"]).first)
      let (late, picture) = (try large(4.3, instance), try small(instance))
      let files = try [4.0, 4.1, 4.2].map { try large($0, instance) } + [picture]
      let partly = try job.upload(files)
      #expect(partly.status == 200, "\(partly.text)")
      #expect(try partly.json["uploaded"].int == 3)
      let errors = try partly.json["errors"].elements
      #expect(try errors.map { try $0["filename"].string } == ["4.2.png"])
      #expect(try errors.map { try $0["reason"].string.contains("full") } == [true])
      try expectClean(instance)

      let refused = try job.upload([files[2]])
      expectProblem(refused, 507)
      try expectLogged(refused, instance)
      #expect(try refused.json["detail"].string.contains("full"))
      let put = try job.put(late.path, to: ticket["url"].string)
      expectProblem(put, 507, "nginx has no room")
      #expect(try put.json["detail"].string == "The storage is full: try again later.")
      expectProblem(try job.complete([ticket["key"].string]), 400, "nothing has come")
      try expectClean(instance)
      #expect(try job.uploads().count == 3)

      try shell("mount -o remount,size=64m \(instance.state)/store")
      #expect(try job.upload([files[2]]).json["uploaded"].int == 1)
      #expect(try job.put(late.path, to: ticket["url"].string).status < 300)
      #expect(try job.complete([ticket["key"].string]).status == 200)
      #expect(try job.uploads().count == 5)
      try expectClean(instance)
    }

    private func readOnlyStoreIs503(_ instance: Instance) throws {
      let (job, store) = (try Job(instance), "\(instance.state)/store")
      try job.uploadPictures(1)
      let kept = try job.uploads()[at: 0]["preview_url"].string
      let tickets = try job.announce(["before.png", "after.png"])
      let file = try small(instance)
      #expect(try job.put(file.path, to: tickets[0]["url"].string).status < 300)

      // Not while the worker is writing a preview.
      try shell(
        "for _ in $(seq 100); do mount -o remount,ro \(store) && exit; sleep 0.1; done; exit 1")
      let refused = try job.upload([file])
      expectProblem(refused, 503)
      #expect(try refused.json["detail"].string.contains("storage"))
      expectProblem(try job.put(file.path, to: tickets[1]["url"].string), 503, "nginx cannot write")
      let unkept = try job.complete([tickets[0]["key"].string])
      expectProblem(unkept, 503, "it cannot be kept")
      try expectLogged(unkept, instance)
      #expect(try instance.send("GET", kept).status == 200)
      #expect(try job.uploads().count == 1)

      try shell("mount -o remount,rw \(store)")
      #expect(try job.complete([tickets[0]["key"].string]).status == 200)
      #expect(try job.upload([file]).json["skipped"].int == 1)
      #expect(try job.uploads().count == 2)
      try expectClean(instance)
    }
  }
}
