import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Declarations of routes")
struct RouteTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static let faces: [Face] = [.root, .api, .v1]

  /// Sends a request to a route that the program does not have.
  private func send(_ route: Route, as person: Person? = nil) throws -> Answer {
    try Client(site.site, routes: [route]).send(
      route.method.rawValue, route.somewhere, as: person)
  }

  @Test(arguments: Routes.all) func theFaceMatchesThePath(route: Route) {
    let face =
      route.pattern.hasPrefix("/api/v1/")
      ? "v1" : route.pattern.hasPrefix("/api/") ? "api" : "root"
    #expect(route.face.name == face)
  }

  /// The lists by rank.
  private static let ranked = ["points.leaderboard", "agreement.labelers"]

  @Test(arguments: Routes.all) func theFaceDecidesHowListsArePaged(route: Route) {
    guard route.name != "audit.list" else { return #expect(route.paging == .number) }
    // Ranks change, so a row is no place to go on from.
    guard !Self.ranked.contains(route.name) else { return #expect(route.paging == .offset) }
    #expect(route.paging == .none || route.paging == route.face.paging)
  }

  @Test func aBareListHasACursor() {
    for route in Routes.all where !Self.ranked.contains(route.name) {
      var isBare = false
      if case .array = route.gives { isBare = true }
      #expect([.cursor, .number].contains(route.paging) == isBare, "\(route.testDescription)")
    }
  }

  @Test func theLineSetsTheStatus() throws {
    let person = try site.person(.labeler)
    for status in [200, 201, 202] {
      let open = Route.open(
        .root, .post(audit: .nothing), "/tests", "tests.open", "A test.", gives: .object([]),
        status: status
      ) { _, _ in .json([]) }
      #expect(try send(open).status == status)
      let guarded = Route.on(
        .api, .put(audit: .nothing), "/api/tests", for: .labeler, "tests.guarded", "A test.",
        gives: .object([]), status: status
      ) { _, _, _ in .json([]) }
      #expect(try send(guarded, as: person).status == status)
    }
  }

  @Test(arguments: faces) func theFaceSetsTheFormOfErrors(face: Face) throws {
    let route = Route.open(
      face, .post(audit: .nothing), "/anywhere", "tests.open", "A test.", gives: .object([])
    ) { _, _ in throw Problem.invalid([Violation("size", "is too large")]) }
    let answer = try send(route)
    #expect(answer.status == (face.name == "root" ? 400 : 422))
    #expect(answer.keys.contains("errors") == (face.name != "root"))
    #expect(try answer.detail == "size is too large.")
  }

  @Test func onlyTheFaceLimitsRequests() throws {
    let site = try TestSite(settings: ["ASSAY_LIMITS": "on"])
    let person = try site.person(.labeler)
    for face in Self.faces {
      let route = Route.on(
        face, .get, "/anywhere", for: .labeler, "tests.guarded", "A test.", gives: .object([])
      ) { _, _, _ in .json([]) }
      let answer = try Client(site.site, routes: [route]).send("GET", "/anywhere", as: person)
      #expect((answer.headers["X-RateLimit-Limit"] != nil) == (face.name == "v1"))
    }
  }

  @Test func onlyTheLineDecidesWhatTheRouteRecords() throws {
    let admin = try site.person(.admin)
    func entries() throws -> [String] {
      try site.send("GET", "/admin/audit", as: admin).json.elements.compactMap {
        let action = try $0["action"].string
        return action.hasPrefix("users.") ? action : nil
      }
    }
    // The names are those of a feature whose handlers make their own audit entries.
    for (number, audit) in [Recording.nothing, .byHandler, .byRoute].enumerated() {
      for (path, verb) in [
        ("/admin/tests", Verb.post(audit: audit)), ("/tests", .put(audit: audit)),
        ("/export", .delete(audit: audit)),
      ] {
        let guarded = Route.on(
          .root, verb, path, for: .admin, "users.guarded\(number)", "A test.",
          gives: .object([])
        ) { _, _, _ in .json([]) }
        #expect(try send(guarded, as: admin).status == 200)
      }
      let open = Route.open(
        .root, .post(audit: audit), "/tests", "users.open\(number)", "A test.",
        gives: .object([])
      ) { _, _ in .json([]) }
      #expect(try send(open).status == 200)
    }
    #expect(
      try entries() == ["users.open2", "users.guarded2", "users.guarded2", "users.guarded2"])
  }
}
