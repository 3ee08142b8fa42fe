import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// The lines that operators read in the journal.
  @Suite struct JournalTests {
    /// Starts `assay` with the instance's settings and the others given.
    /// - Parameter journal: a file that stands for the journal: standard output and error go there.
    private func start(
      _ words: [String], _ settings: [String: String] = [:], journal: String? = nil,
      descriptor: Int32? = nil, _ instance: Instance
    ) throws -> Program {
      let changes = settings.map { "\($0)=\($1)" }
      let script = """
        state=$1 journal=$2
        shift 2
        set -a
        . "$state/assay.env"
        SWIFT_BACKTRACE=enable=no
        if [ "$journal" ]; then
          exec >"$journal" 2>&1
          JOURNAL_STREAM=$(stat -c %d:%i "$journal")
        fi
        exec env "$@"
        """
      return try Program(
        ["bash", "-c", script, "journal", instance.state, journal ?? ""] + changes
          + ["\(instance.state)/bin/assay"] + words, descriptor: descriptor)
    }

    /// The lines with the level of an error.
    private func errors(in log: String) -> [Substring] {
      log.split(separator: "\n").filter { $0.contains("level=error") }
    }

    @Test func everyLineHasThePriorityOfItsLevel() throws {
      let instance = try Instance.running()
      let journal = "\(instance.run)/journal"
      let refused = try start(["work"], ["ASSAY_QC": "sometimes"], journal: journal, instance)
      #expect(try refused.finish().code != 0)
      #expect(
        try Files.text(journal)
          == "<3>level=error event=\"command failed\" "
          + "error=\"ASSAY_QC must be worker or inline.\"\n")

      let worker = try start(["work"], journal: journal, instance)
      try instance.wait(for: "the worker") { try Files.text(journal).contains("event=ready") }
      kill(worker.pid, SIGTERM)
      #expect(try worker.finish().code == 0)
      for line in try Files.text(journal).split(separator: "\n") {
        let level = line.split(separator: " ").first
        #expect(["<6>level=info", "<4>level=warning"].contains(level), "\(line)")
      }
    }

    @Test func requestsAreInformation() throws {
      let instance = try Instance.running()
      let (journal, path) = ("\(instance.run)/requests", "\(instance.run)/journal.sock")
      let socket = try Listening(path)
      let pool = try start(
        ["serve"], journal: journal, descriptor: socket.descriptor, instance)
      defer { kill(pool.pid, SIGKILL) }
      #expect(try FastCGIClient.ask(path).status == 200)
      try instance.wait(for: "the line") { try Files.text(journal).contains("event=answered") }
      let lines = try Files.text(journal).split(separator: "\n")
      #expect(lines.allSatisfy { $0.hasPrefix("<6>level=info ") }, "\(lines)")
      kill(pool.pid, SIGTERM)
      #expect(try pool.finish().code == 0)
    }

    @Test func findingsAreErrors() throws {
      let instance = try Instance.running()
      let journal = "\(instance.run)/findings"
      let stray = "\(instance.state)/store/blobs/00/\(String(repeating: "0", count: 62))"
      try Files.write(stray, [1])
      defer { unlink(stray) }
      let check = try start(["fsck", "--age", "0"], journal: journal, instance)
      #expect(try check.finish().code == 1)
      let lines = try Files.text(journal).split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("<3>orphan 0000") }, "\(lines)")
    }

    @Test func elsewhereLinesHaveNoPrefix() throws {
      let instance = try Instance.running()
      let refused = try start(["work"], ["ASSAY_QC": "sometimes"], instance).finish()
      #expect(refused.errors == "Error: ASSAY_QC must be worker or inline.\n")
      // The variable names the stream of another process.
      let other = try start(["work"], ["JOURNAL_STREAM": "1:1"], instance)
      try instance.wait(for: "the worker") { other.complaints.contains("event=ready") }
      kill(other.pid, SIGTERM)
      #expect(try other.finish().errors.hasPrefix("level=info event=ready "))
    }

    @Test func aProcessThatIsReadySaysItsVersionAndSettings() throws {
      let instance = try Instance.running()
      let log = try Files.text("\(instance.state)/log/pool.log")
      let ready = log.split(separator: "\n").filter { $0.contains(" event=ready ") }
      for command in ["serve", "work"] {
        let line = try #require(ready.first { $0.contains(" command=\(command) ") })
        for word in [
          "version=", "threads=8", "qc=worker", "store=\(instance.state)/store",
          "database=\"host=\(instance.state)/postgres/socket dbname=assay\"",
        ] { #expect(line.contains(word), "\(word) in \(line)") }
      }
      for key in ["token", "link"] {
        let secret = try Files.text("\(instance.state)/secrets/\(key).key")
        #expect(!log.contains(secret.filter { !$0.isNewline }))
      }
    }

    @Test func anAbsentDatabaseIsTwoLinesOfAWorker() throws {
      let instance = try Instance.running()
      let home = try TemporaryDirectory()
      defer { home.remove() }
      // Accepts connections and closes them, as a server that ends does.
      let absent = try Listening("\(home.path)/.s.PGSQL.5432")
      _ = fcntl(absent.descriptor, F_SETFL, O_NONBLOCK)
      let worker = try start(
        ["work"], ["ASSAY_DATABASE": "host=\(home.path) dbname=assay"], instance)
      defer { kill(worker.pid, SIGKILL) }
      var attempts = 0
      try instance.wait(for: "attempts of each thread") {
        while case let peer = accept(absent.descriptor, nil, nil), peer >= 0 {
          close(peer)
          attempts += 1
        }
        return attempts >= 10
      }
      #expect(errors(in: worker.complaints).count == 1, "\(worker.complaints)")
      try appear(in: home, instance)
      try instance.wait(for: "the end") { worker.complaints.contains("event=\"database back\"") }
      kill(worker.pid, SIGTERM)
      let log = try worker.finish().errors
      #expect(errors(in: log).map { $0.contains("event=\"database away\"") } == [true], "\(log)")
      let back = log.split(separator: "\n").filter { $0.contains("event=\"database back\"") }
      #expect(back.count == 1, "\(log)")
    }

    @Test func anAbsentDatabaseIsTwoLinesOfAPool() throws {
      let instance = try Instance.running()
      let home = try TemporaryDirectory()
      defer { home.remove() }
      let path = "\(instance.run)/absent.sock"
      let socket = try Listening(path)
      let pool = try start(
        ["serve"], ["ASSAY_DATABASE": "host=\(home.path) dbname=assay"],
        descriptor: socket.descriptor, instance)
      defer { kill(pool.pid, SIGKILL) }
      for _ in 0..<10 { #expect(try FastCGIClient.ask(path).status == 503) }
      try appear(in: home, instance)
      try instance.wait(for: "health") { try FastCGIClient.ask(path).status == 200 }
      kill(pool.pid, SIGTERM)
      let log = try pool.finish().errors
      #expect(errors(in: log).map { $0.contains("event=\"database away\"") } == [true], "\(log)")
      let back = log.split(separator: "\n").filter { $0.contains("event=\"database back\"") }
      #expect(back.map { $0.hasPrefix("level=notice ") } == [true], "\(log)")
    }

    /// Puts the instance's server where no server was.
    private func appear(in home: TemporaryDirectory, _ instance: Instance) throws {
      let name = ".s.PGSQL.5432"
      unlink("\(home.path)/\(name)")
      try #require(
        symlink("\(instance.state)/postgres/socket/\(name)", "\(home.path)/\(name)") == 0)
    }
  }
}
