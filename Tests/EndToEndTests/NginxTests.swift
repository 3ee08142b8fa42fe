import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// nginx's limits before the application, and the headers of every answer.
  @Suite struct NginxTests {
    @Test(arguments: ["/health", "/tasks", "/nothing", "/a//b", "/media/x", "/incoming/x", "/"])
    func everyAnswerHasSecurityHeaders(_ path: String) throws {
      let instance = try Instance.running()
      let answer = try instance.send("GET", path)
      #expect(answer.header("x-content-type-options") == "nosniff")
      #expect(answer.header("referrer-policy") == "no-referrer")
      #expect(answer.header("x-frame-options") == "DENY")
      #expect(answer.header("strict-transport-security") == "max-age=31536000")
      #expect(answer.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
      #expect(answer.header("x-request-id")?.isEmpty == false)
      #expect(answer.values("access-control-allow-origin") == [])
      let plain = try Wire.exchange("GET \(path)", body: [], instance)
      #expect(plain.values("strict-transport-security") == [])
    }

    @Test func plainHTTPOnThePortOfTLSIsNamed() throws {
      let instance = try Instance.running()
      let done = try Program.run([
        "curl", "-sS", "-m", "10", "-w", "%{http_code}",
        "http://localhost:\(instance.ports.tls)/health",
      ])
      #expect(
        done.text.hasPrefix(#"{"detail":"This port takes only TLS: use https.","#)
          && done.text.hasSuffix("400"), "\(done.text)")
    }

    @Test func manySignInsDelayNoOtherRequests() throws {
      let instance = try Instance.running()
      let (username, password) = try instance.credentials(.labeler)
      let body = #"{"username": "\#(username)", "password": "\#(password)"}"#
      let token = try instance.token(.labeler)
      let floods = (0..<24).map { _ in
        Load(once: { try instance.send("POST", "/auth/login", json: body) })
      }
      let others = try (0..<20).map { number in
        try instance.send("GET", ["/tasks", "/health"][number % 2], token: token).status
      }
      #expect(others.allSatisfy { $0 == 200 }, "\(others)")
      let tallies = floods.map { $0.join() }
      let statuses = Set(tallies.flatMap { $0.statuses.keys })
      #expect(statuses.isSubset(of: [200, 503]), "\(statuses)")
      #expect(statuses.contains(200))
    }

    /// An nginx with only our zones returns the address that it uses for a client.
    @Test func aNetworkOfIPv6IsOneClient() throws {
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      let socket = "\(folder.path)/web.sock"
      try folder.write(
        "nginx.conf",
        """
        pid nginx.pid; events {}
        http {
          access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;
          uwsgi_temp_path t; scgi_temp_path t;
          include \(Products.checkout)/nginx/assay/zones.conf;
          server {
            listen unix:\(socket); set_real_ip_from unix:; real_ip_header X-Real-IP;
            location / { return 200 $assay_client; }
          }
        }
        """)
      let nginx = [
        "nginx", "-q", "-e", "\(folder.path)/log", "-p", folder.path, "-c", "nginx.conf",
      ]
      let started = try Program.run(nginx)
      try #require(started.code == 0, "\(started.errors)")
      defer { _ = try? Program.run(nginx + ["-s", "stop"]) }
      func client(_ address: String) throws -> [UInt8] {
        try Program.run([
          "curl", "-fsS", "-m", "10", "--unix-socket", socket, "-H", "X-Real-IP: \(address)",
          "http://localhost/",
        ]).output
      }
      #expect(try client("192.0.2.7") == [192, 0, 2, 7])
      #expect(try client("::ffff:192.0.2.7") == [192, 0, 2, 7])
      let network: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 0x0A]
      #expect(try client("2001:db8:1:a::1") == network)
      // The byte 0x0A, a line feed in text, is an ordinary byte of an address.
      #expect(try client("2001:db8:1:a:a0a:a0a:a0a:a0a") == network)
      #expect(try client("2001:db8:1:b::1") != network)
    }

    @Test func signUpsOfOneAddressAreLimited() throws {
      let origin = "https://ui.example.org"
      let instance = try Instance(settings: ["ASSAY_CORS_ORIGINS": origin])
      defer { try? instance.stop() }
      try CrossOriginTests.expectNoticedDifference(instance, origin)
      let load = Load(threads: 4) { _ in try instance.send("POST", "/auth/signup", json: "{}") }
      try instance.wait(for: "300 sign-ups") { load.count >= 300 }
      let tally = load.stop()
      #expect(Set(tally.statuses.keys).isSubset(of: [400, 429]), "\(tally.statuses)")
      #expect(tally.statuses[429, default: 0] > 0)
      #expect(tally.statuses[400, default: 0] >= 200)
      // The limit accepts two a second again, so one request may succeed; of several some are
      // refused.
      let answers = try (0..<20).map { _ in
        try instance.send("POST", "/auth/signup", json: "{}")
      }
      let answer = try #require(answers.first { $0.status == 429 })
      expectProblem(answer, 429)
      #expect(answer.header("retry-after") == "1")
      #expect(try instance.send("GET", "/health").status == 200)
      try CrossOriginTests.expectReadableRefusals(instance, origin)
    }
  }
}
