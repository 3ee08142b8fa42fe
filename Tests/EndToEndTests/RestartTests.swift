import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Processes end, on purpose or not, while clients send requests.
  @Suite struct RestartTests {
    /// Assigns a task with pictures, and starts clients that read tasks and save labels.
    private func load(_ instance: Instance) throws -> Load {
      let job = try Job(instance)
      try job.uploadPictures(3)
      let task = try job.assign()
      let image = try job.uploads()[at: 0]["image_id"].string
      let token = "Authorization: Bearer \(try instance.token(.labeler))"
      let body = Array(#"{"image_id": "\#(image)", "labels": ["cat"]}"#.utf8)
      return Load(threads: 6) { number in
        usleep(2000)
        if number % 2 == 0 { return try Wire.exchange("GET /tasks", [token], instance) }
        return try Wire.exchange(
          "POST /tasks/\(task)/labels", [token, "Content-Type: application/json"], body: body,
          instance)
      }
    }

    /// The pool's connections, by their inodes: `/proc/net/unix` names each by its listening
    /// socket.
    private func connections() throws -> Set<Substring> {
      let (isConnected, type) = ("03", "0001")
      let lines = try Files.text("/proc/net/unix").split(separator: "\n").map { line in
        line.split(separator: " ", omittingEmptySubsequences: true)
      }
      // Address, references, protocol, flags, type, state, inode, path.
      return Set(
        lines.filter { line in
          line.count == 8 && line[4] == type && line[5] == isConnected
            && line[7].hasSuffix("/pool/api.sock")
        }.map { $0[6] })
    }

    @Test func onlyReadingRequestsKeepTheirConnection() throws {
      let instance = try Instance.running()
      #expect(try instance.send("GET", "/health").status == 200)
      let kept = try connections()
      for _ in 0..<20 { #expect(try instance.send("GET", "/health").status == 200) }
      #expect(try !connections().isDisjoint(with: kept))
      let before = try connections()
      #expect(try instance.send("POST", "/auth/logout").status == 401)
      try instance.wait(for: "the end of its connection") {
        try connections().isSubset(of: before)
      }
    }

    @Test func rollingRestartFailsNoRequest() throws {
      let instance = try Instance.running()
      let before = try instance.processes()
      let load = try load(instance)
      defer { _ = load.stop() }
      try instance.wait(for: "some load") { load.count > 50 }
      for _ in 0..<2 {
        let old = try instance.processes()
        kill(old.supervisor, SIGHUP)
        try instance.wait(for: "new processes") {
          let new = try instance.processes()
          return Set(new.api + new.workers).isDisjoint(with: old.api + old.workers)
            && new.api.count == old.api.count && new.workers.count == old.workers.count
        }
      }
      let after = load.count
      try instance.wait(for: "more load") { load.count > after + 50 }
      let tally = load.stop()
      #expect(tally.failed == 0, "\(tally.statuses) \(tally.faults.prefix(3))")
      #expect(try instance.processes().supervisor == before.supervisor)
    }

    @Test func killedProcessLosesOnlyItsCurrentRequestsAndIsReplaced() throws {
      let instance = try Instance.running()
      let load = try load(instance)
      defer { _ = load.stop() }
      var chance = Chance()
      for _ in 0..<3 {
        let begun = load.count
        try instance.wait(for: "some load") { load.count > begun + 50 }
        let before = try instance.processes()
        let victim = try #require(before.api.randomElement(using: &chance))
        kill(victim, SIGKILL)
        try instance.wait(for: "a new process") {
          let now = try instance.processes()
          return now.api.count == before.api.count && !now.api.contains(victim)
        }
        #expect(try instance.processes().api.filter(before.api.contains).count == 1)
      }
      let tally = load.stop()
      // Six clients: at each of the three deaths at most six requests are running.
      #expect(tally.failed <= 18, "\(tally.statuses) \(tally.faults.prefix(3))")
      #expect(tally.statuses[500] == nil)
      #expect(try instance.send("GET", "/health").status == 200)
    }

    @Test func restartingDatabaseIs503() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let load = try load(instance)
        defer { _ = load.stop() }
        try instance.wait(for: "some load") { load.count > 50 }
        try Database.restart(instance)
        // Five seconds are promised; the rest allows for other load on the machine.
        try instance.wait(seconds: 10, for: "health") {
          try instance.send("GET", "/health").status == 200
        }
        let tally = load.stop()
        #expect(Set(tally.statuses.keys).isSubset(of: [200, 503]), "\(tally.faults.prefix(5))")
        // Every connection of the pool was lost; all must work again.
        for _ in 0..<64 {
          #expect(try Wire.exchange("GET /health", [], instance).status == 200)
        }
      }
    }

    @Test func stoppedProcessFinishesItsUpload() throws {
      let instance = try Instance.running()
      let large = try Images.large(bytes: 20_900_000, instance)
      let job = try Job(instance)
      let before = try instance.processes()
      let address = "\(instance.settings["ASSAY_URL", default: ""])/requests/\(job.request)/uploads"
      var curl = Curl(
        "POST", address, authority: instance.settings["ASSAY_CA", default: ""], seconds: 60)
      curl.option("header", "Authorization: Bearer \(job.token)")
      curl.form(WebFile("large.png", at: large))
      let upload = Load(once: { [curl] in try curl.send() })
      // The file in store/tmp shows which process has the upload.
      var holder: pid_t?
      try instance.wait(for: "the upload in a process") {
        holder = before.api.first { pid in
          Kernel.files(of: pid).contains { $0.contains("/store/tmp/") }
        }
        return holder != nil
      }
      kill(try #require(holder), SIGTERM)
      let tally = upload.join()
      #expect(tally.statuses == [200: 1], "\(tally.faults)")
      #expect(try job.uploads().count == 1)
      try instance.wait(for: "a new process") {
        let now = try instance.processes()
        return now.api.count == before.api.count && now.api != before.api
      }
    }
  }
}
