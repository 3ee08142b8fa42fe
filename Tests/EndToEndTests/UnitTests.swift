import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// The systemd units of the project, and processes started like theirs.
  @Suite struct UnitTests {
    @Test func unitsPassSystemdsChecks() throws {
      let verified = try Program.run(["\(Products.checkout)/.dev/verify-units"])
      #expect(verified.code == 0, "\(verified.errors)")
      #expect(verified.errors.isEmpty)
    }

    @Test func processesShareTheSocketOnDescriptorZero() throws {
      let instance = try Instance.running()
      let path = "\(instance.run)/shared.sock"
      let socket = try Listening(path)
      let pair = try (0..<2).map { _ in
        try Program(serve(instance), descriptor: socket.descriptor)
      }
      defer { for process in pair { kill(process.pid, SIGKILL) } }
      let load = Load(threads: 3) { _ in try FastCGIClient.ask(path) }
      defer { _ = load.stop() }
      func answers(_ process: Program) -> Bool { process.complaints.contains("event=answered") }
      try instance.wait(for: "an answer") { pair.contains(where: answers) }
      // While the first has idle threads, the kernel wakes no other: end the one that answers.
      let first = try #require(pair.first(where: answers))
      let second = try #require(pair.first { $0.pid != first.pid })
      kill(first.pid, SIGTERM)
      let finished = try first.finish()
      #expect(finished.code == 0, "\(finished.errors.suffix(300))")
      let alone = load.count
      try instance.wait(for: "answers of the other") {
        load.count > alone + 10 && answers(second)
      }
      let tally = load.stop()
      #expect(tally.failed == 0, "\(tally.faults.prefix(3))")
      kill(second.pid, SIGTERM)
      #expect(try second.finish().code == 0)
    }

    @Test func systemdPassesTheSocket() throws {
      let instance = try Instance.running()
      let path = "\(instance.run)/activated.sock"
      let activator = try Program(
        ["systemd-socket-activate", "--inetd", "--listen", path] + serve(instance))
      defer { kill(activator.pid, SIGKILL) }
      try instance.wait(for: "the socket") { access(path, F_OK) == 0 }
      for _ in 0..<3 { #expect(try FastCGIClient.ask(path).status == 200) }
      kill(activator.pid, SIGTERM)
      let finished = try activator.finish()
      #expect(finished.code == 0, "\(finished.errors)")
    }

    /// The command `assay serve` with the instance's settings.
    private func serve(_ instance: Instance) -> [String] {
      let script =
        "unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no; set -a; . \"$1/assay.env\"; exec \"$1/bin/assay\" serve"
      return ["bash", "-c", script, "serve", instance.state]
    }
  }
}
