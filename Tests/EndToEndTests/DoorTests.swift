import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// What stands before the application, and around every answer.
  @Suite struct DoorTests {
    @Test(arguments: ["/health", "/tasks", "/nothing", "/a//b", "/media/x", "/incoming/x", "/"])
    func everyAnswerSaysHowItMayBeUsed(_ path: String) throws {
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

    @Test func aFloodOfSignInsLeavesTheRestAlone() throws {
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

    @Test func oneAddressSignsUpSoOftenAndNoMore() throws {
      let instance = try Instance()
      defer { try? instance.stop() }
      let load = Load(threads: 4) { _ in try instance.send("POST", "/auth/signup", json: "{}") }
      while load.count < 300 { usleep(20_000) }
      let tally = load.stop()
      #expect(Set(tally.statuses.keys).isSubset(of: [400, 429]), "\(tally.statuses)")
      #expect(tally.statuses[429, default: 0] > 0)
      #expect(tally.statuses[400, default: 0] >= 200)
      // Two a second are heard again: one of several is not.
      let answers = try (0..<20).map { _ in
        try instance.send("POST", "/auth/signup", json: "{}")
      }
      let answer = try #require(answers.first { $0.status == 429 })
      expectProblem(answer, 429)
      #expect(answer.header("retry-after") == "1")
      #expect(try instance.send("GET", "/health").status == 200)
    }
  }
}
