import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// The scripts that start, show and stop an instance.
  @Suite struct InstanceTests {
    @Test func secondUpRestartsNothing() throws {
      let instance = try Instance.running()
      let before = try instance.processes()
      let servers = try ["pids/nginx", "postgres/data/postmaster.pid"].map {
        try Files.text("\(instance.state)/\($0)")
      }
      let up = try instance.script("up")
      #expect(up.code == 0, "\(up.errors)")
      #expect(up.text.contains("https://localhost:\(instance.ports.tls)"))
      #expect(try instance.processes() == before)
      #expect(
        try ["pids/nginx", "postgres/data/postmaster.pid"].map {
          try Files.text("\(instance.state)/\($0)")
        } == servers)
    }

    @Test func statusListsTheProcesses() throws {
      let instance = try Instance.running()
      let status = try instance.script("status")
      #expect(status.code == 0, "\(status.errors)")
      for word in ["nginx", "pool", "api", "worker", "postgresql", "healthy"] {
        #expect(status.text.contains(word), "\(status.text)")
      }
      #expect(!status.text.contains("not running"))
    }

    @Test func accountsAreReadableByTheOwnerOnly() throws {
      let instance = try Instance.running()
      for file in ["\(instance.run)/instance.env", "\(instance.state)/secrets/token.key"] {
        var facts = stat()
        #expect(stat(file, &facts) == 0 && facts.st_mode & 0o077 == 0)
      }
      let passwords = try Account.allCases.map { try instance.credentials($0).password }
      #expect(Set(passwords).count == 5 && passwords.allSatisfy { $0.count >= 16 })
      for password in passwords { #expect(Kernel.processes(naming: password).isEmpty) }
    }

    @Test func instancesAreIndependent() throws {
      let first = try Instance.running()
      let second = try Instance()
      defer { try? second.stop() }
      let token = try second.token(.admin)
      #expect(try second.send("GET", "/admin/users", token: token).status == 200)
      expectProblem(try first.send("GET", "/admin/users", token: token), 401)
      let firstToken = try first.token(.admin)
      expectProblem(try second.send("GET", "/admin/users", token: firstToken), 401)

      let before = try first.processes()
      let down = try second.script("down")
      #expect(down.code == 0, "\(down.errors)")
      expectNothingLeft(of: second)
      #expect(try second.script("status").code == 1)
      #expect(try first.send("GET", "/health").status == 200)
      #expect(try first.processes() == before)

      // Its data stays, and sessions stay valid.
      let up = try second.script("up", "--quiet")
      #expect(up.code == 0, "\(up.errors)")
      #expect(try second.send("GET", "/admin/users", token: token).status == 200)
      try second.stop()
      expectNothingLeft(of: second)
      #expect(access(second.run, F_OK) != 0 && access(second.state, F_OK) != 0)
    }

    private func expectNothingLeft(of instance: Instance) {
      let left = Kernel.processes(naming: instance.state + "/")
      #expect(left.isEmpty, "\(left)")
      for port in [instance.ports.tls, instance.ports.plain] {
        #expect(throws: Unexpected.self) { try _ = Wire(port: port).receive() }
      }
    }
  }
}
