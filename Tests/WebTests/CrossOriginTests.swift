import HTTP
import Site
import Support
import Testing
import Web

@Suite("Cross-origin requests")
struct CrossOriginTests {
  private static let friend = "https://ui.example.org"

  private func send(
    _ site: TestSite, _ method: String, _ path: String, _ origin: String?, asking: String? = nil,
    nginx: String? = nil
  ) throws -> Answer {
    var headers: [String: String] = [:]
    headers["LISTED_ORIGIN"] = nginx
    headers["HTTP_ORIGIN"] = origin
    headers["HTTP_ACCESS_CONTROL_REQUEST_METHOD"] = asking
    return try site.send(method, path, headers: headers)
  }

  @Test func listedOriginsMayReadAnswers() throws {
    let site = try TestSite(settings: [
      "ASSAY_CORS_ORIGINS": "\(Self.friend), http://localhost:3000"
    ])
    for path in ["/health", "/tasks", "/nothing"] {
      let answer = try send(site, "GET", path, Self.friend)
      #expect(answer.headers["Access-Control-Allow-Origin"] == Self.friend, "\(path)")
      #expect(answer.headers["Vary"] == "Origin")
      #expect(answer.headers["Access-Control-Allow-Credentials"] == nil)
    }
    let asked = try send(site, "OPTIONS", "/requests", Self.friend, asking: "POST")
    #expect(asked.status == 204)
    #expect(asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST")
    #expect(
      asked.headers["Access-Control-Allow-Headers"]?.hasPrefix("Authorization, ") == true)
    #expect(
      asked.headers["Access-Control-Allow-Headers"]?.contains(", Idempotency-Key, ") == true)
    for origin in [
      "https://ui.example.org.eve.example", "https://ui.example.org:444", "http://ui.example.org",
      "null", "https://UI.example.org", "*", nil,
    ] {
      let answer = try send(site, "GET", "/health", origin)
      #expect(answer.headers["Access-Control-Allow-Origin"] == nil, "\(origin ?? "-")")
      #expect(answer.headers["Vary"] == "Origin")
      #expect(try send(site, "OPTIONS", "/requests", origin, asking: "POST").status == 405)
    }
  }

  /// A page needs both: nginx answers some of its requests alone.
  @Test func originsThatOnlyOneListHasAreRefused() throws {
    let site = try TestSite(settings: ["ASSAY_CORS_ORIGINS": Self.friend])
    let other = "https://new.example.org"
    let nginx = "! \(other)"
    for (origin, value) in [(Self.friend, nginx), (other, other), (Self.friend, "")] {
      let answer = try send(site, "GET", "/health", origin, nginx: value)
      #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
      let asked = try send(site, "OPTIONS", "/requests", origin, asking: "POST", nginx: value)
      #expect(asked.status == 405)
    }
    let answer = try send(site, "GET", "/health", Self.friend, nginx: Self.friend)
    #expect(answer.headers["Access-Control-Allow-Origin"] == Self.friend)
  }

  /// nginx's value for the origin of a request, and whether it shows that the lists differ.
  private static let values: [(origin: String?, nginx: String?, differs: Bool)] = [
    (nil, nil, false), (nil, "! \(friend)", false), (friend, friend, false), (friend, nil, false),
    ("null", "! \(friend)", false), (nil, "", true), (nil, "! https://a.example", true),
    (nil, "! https://a.example \(friend)", true), (friend, "! https://a.example", true),
    (friend, "", true), ("https://a.example", "https://a.example", true), ("null", "null", true),
  ]

  @Test(arguments: values)
  func aDifferenceOfTheListsIsSeen(origin: String?, nginx: String?, differs: Bool) throws {
    let parameters = ["HTTP_ORIGIN": origin, "LISTED_ORIGIN": nginx].compactMapValues(\.self)
    let request = Request(Parameters(parameters), id: "1")
    let difference = try CrossOrigin(request, Origins(Self.friend)).difference
    #expect((difference != nil) == differs)
  }

  private final class Parameters: RequestSource {
    private let values: [String: String]
    init(_ values: [String: String]) { self.values = values }
    func parameter(_ name: String) -> String? { values[name] }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
  }

  @Test func noOriginIsAllowedByDefault() throws {
    let site = try TestSite()
    let answer = try send(site, "GET", "/health", Self.friend)
    #expect(answer.headers.keys.allSatisfy { !$0.hasPrefix("Access-Control") && $0 != "Vary" })
    for bad in [
      "*", "https://*.example.org", "https://a/b", "example.org", "https://A.example.org",
    ] {
      #expect(throws: ConfigError.self, "\(bad)") {
        try TestSite(settings: ["ASSAY_CORS_ORIGINS": bad])
      }
    }
  }
}
