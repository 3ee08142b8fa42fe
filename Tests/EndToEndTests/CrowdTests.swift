import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// More clients than the pool has threads.
  @Suite struct CrowdTests {
    /// A shell with open connections of its own.
    ///
    /// This process must not have so many descriptors, because other suites call libfcgi, which
    /// supports none above 1,023.
    private func crowd(_ count: Int, saying line: String, _ instance: Instance) throws -> Program {
      try Program([
        "bash", "-c",
        """
        ulimit -n $(($1 + 100)) || exit 2
        for ((i = 0; i < $1; i++)); do
          exec {wire}<>"/dev/tcp/127.0.0.1/$2" || exit 3
          printf "$3" >&"$wire" || exit 4
          wires+=("$wire")
        done
        echo ready
        while kill -0 "$PPID"; do
          sleep 1
          [[ -z $3 ]] || for wire in "${wires[@]}"; do printf x >&"$wire"; done 2>/dev/null
        done
        """, "crowd", "\(count)", "\(instance.ports.plain)", line,
      ])
    }

    /// The number of connections that nginx has on its plain port.
    private func connections(_ instance: Instance) throws -> Int {
      let port = ":" + String(instance.ports.plain, radix: 16, uppercase: true)
      return try Files.text("/proc/net/tcp").split(separator: "\n").count { line in
        // Number, local address, remote address, state: 01 is established.
        let words = line.split(separator: " ")
        return words.count > 3 && words[1].hasSuffix(port) && words[3] == "01"
      }
    }

    @Test func slowAndIdleClientsDelayNoOthers() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let lines = [
          // Idle; one byte of a header per second; one byte of a body per second.
          "", "GET /health HTTP/1.1\\r\\nHost: a\\r\\nX: ",
          "POST /auth/login HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 900000\\r\\n\\r\\n",
        ]
        let crowds = try zip([600, 700, 700], lines).map {
          try crowd($0, saying: $1, instance)
        }
        defer {
          for crowd in crowds {
            kill(-crowd.pid, SIGKILL)
            _ = try? crowd.finish()
          }
        }
        try instance.wait(for: "2,000 connections") {
          crowds.allSatisfy { $0.said.contains("ready") }
        }
        for _ in 0..<20 {
          #expect(try instance.send("GET", "/tasks", as: .labeler, seconds: 10).status == 200)
        }
        #expect(try connections(instance) >= 2000)
      }
    }

    @Test func overloadIsAnsweredAtOnceAndEnds() throws {
      let instance = try Instance.running()
      _ = try instance.token(.labeler)
      try instance.unharmed {
        // The database delays every request, but for less time than the pool's patience.
        let blocker = try Database.block("assignment", seconds: 2, instance)
        // One curl sends at most 300 at a time. The queue holds 1,024.
        let clients = try (0..<5).map { _ in try parallel(300, instance) }
        let lines = try clients.map { try $0.finish().text }.joined()
        _ = try blocker.finish()
        try expectAnswersAndRefusals(lines)
        #expect(try instance.send("GET", "/tasks", as: .labeler).status == 200)
      }
    }

    /// Expects lines with status, seconds, type and Retry-After.
    private func expectAnswersAndRefusals(_ text: String) throws {
      let lines = text.split(separator: "\n")
      #expect(lines.count == 1500)
      var statuses: [Substring: Int] = [:]
      for line in lines {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        try #require(words.count == 4, "\(line)")
        statuses[words[0], default: 0] += 1
        let seconds = try #require(Double(words[1]))
        #expect(seconds < 10)
        #expect(words[2] == "application/json")
        if words[0] == "503" { #expect(words[3] == "1") }
      }
      #expect(Set(statuses.keys) == ["200", "503"], "\(statuses)")
    }

    /// Starts `count` clients that ask for the tasks at the same time.
    private func parallel(_ count: Int, _ instance: Instance) throws -> Program {
      let address = "http://127.0.0.1:\(instance.ports.plain)/tasks?limit=[1-\(count)]"
      let config = """
        url = "\(address)"
        header = "Authorization: Bearer \(try instance.token(.labeler))"
        output = "/dev/null"
        write-out = "%{http_code} %{time_total} %{content_type} %header{retry-after}\\n"
        parallel
        parallel-immediate
        parallel-max = \(count)
        http1.1
        silent
        max-time = 30
        """
      return try Program(["curl", "--config", "-"], input: Array(config.utf8))
    }

    @Test func tooManyConcurrentSignInsAre503() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let body = Array(#"{"username": "nobody-there", "password": "wrong"}"#.utf8)
        let load = Load(threads: 24) { _ in
          try Wire.exchange(
            "POST /auth/login", ["Content-Type: application/json"], body: body, instance)
        }
        defer { _ = load.stop() }
        try instance.wait(for: "60 logins") { load.count >= 60 }
        // A signed-in client is not affected.
        #expect(try instance.send("GET", "/tasks", as: .labeler, seconds: 10).status == 200)
        let tally = load.stop()
        #expect(Set(tally.statuses.keys).isSubset(of: [401, 429, 503]), "\(tally.statuses)")
      }
    }
  }
}
