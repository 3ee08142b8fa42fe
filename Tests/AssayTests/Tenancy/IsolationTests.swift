import Assay
import HTTP
import Support
import Testing
import Web

/// Every operation with own, foreign and missing ids; new routes are included automatically.
@Suite("Isolation of tenants")
struct IsolationTests {
  /// The place of an id in a route's request.
  private enum Place: CustomStringConvertible {
    case path(String)
    case body(String)

    var description: String {
      switch self {
      case .path(let name): "{\(name)}"
      case .body(let name): "\(name)_id in the body"
      }
    }
  }

  private static let tenantRoutes = Routes.all.filter { route in
    route.access.roles.map { !$0.isDisjoint(with: [.customer, .labeler]) } ?? false
  }

  private func places(_ route: Route) -> [Place] {
    let inPath = route.pattern.split(separator: "/").filter { $0.first == "{" }
      .map { Place.path(String($0.dropFirst().dropLast())) }
    var inBody: [Place] = []
    if case .json(let schema) = route.takes {
      inBody = schema.members.filter { isID($0.schema) }
        .map { .body(String($0.name.dropLast(3))) }
    }
    return inPath + inBody
  }

  private func isID(_ schema: Schema) -> Bool {
    switch schema {
    case .string(let format, _, _): format == "uuid"
    case .nullable(let schema): isID(schema)
    default: false
    }
  }

  /// Sends a route's request with one id replaced.
  private func send(
    _ route: Route, _ site: TestSite, as owner: Possessions, replacing place: Place? = nil,
    by replacement: String = ""
  ) throws -> Answer {
    func id(_ name: String, _ isBody: Bool) throws -> String {
      switch place {
      case .path(name) where !isBody, .body(name) where isBody: return replacement
      default:
        guard let id = owner.ids[name] else {
          throw Missing(description: "which id is \(name)? Possessions must say so")
        }
        return id
      }
    }
    let segments = try route.pattern.split(separator: "/").map { segment in
      segment.first == "{" ? try id(String(segment.dropFirst().dropLast()), false) : String(segment)
    }
    let sample = SampleBody { name in
      // Of ids that exclude each other, only the tested one is sent.
      if case .body(let wanted)? = place, wanted != name, !isRequired(name, route) { return nil }
      return try? id(name, true)
    }
    var (json, form): (String?, Form?) = (nil, nil)
    switch route.takes {
    case .json(let schema), .optionalJSON(let schema): json = sample.text(schema)
    case .form: form = Form([(name: "a.png", bytes: Pictures.png(seed: 77))])
    case .bytes, nil: break
    }
    return try site.send(
      route.method.rawValue, "/" + segments.joined(separator: "/"),
      as: owner.person(route.access), json: json, form: form)
  }

  private func isRequired(_ name: String, _ route: Route) -> Bool {
    guard case .json(let schema) = route.takes else { return false }
    return schema.members.contains { $0.name == name + "_id" && $0.required }
  }

  @Test(arguments: tenantRoutes) func foreignObjectsAre404(route: Route) throws {
    try Neighbours.use { neighbours in
      for place in places(route) {
        let foreign: String?
        switch place {
        case .path(let name), .body(let name): foreign = neighbours.one.ids[name]
        }
        let id = try #require(foreign, "which id is \(place)? Possessions must say so")
        let missing = try send(
          route, neighbours.site, as: neighbours.other, replacing: place, by: unknownID)
        let hidden = try send(
          route, neighbours.site, as: neighbours.other, replacing: place, by: id)
        #expect(hidden.status == missing.status, "\(place): \(hidden.text)")
        #expect(hidden.text == missing.text, "\(place)")
        #expect([400, 404, 422].contains(hidden.status), "\(place): \(hidden.text)")
        #expect(!hidden.text.contains(id), "\(place)")
      }
    }
  }

  /// Control: with own ids the same requests are accepted.
  @Test(arguments: tenantRoutes.filter { $0.method != .delete && $0.pattern.contains("{") })
  func ownObjectsAreFound(route: Route) throws {
    try Neighbours.use { neighbours in
      let answer = try send(route, neighbours.site, as: neighbours.one)
      #expect(![401, 403, 404].contains(answer.status), "\(answer.status): \(answer.text)")
      #expect(answer.status < 500, "\(answer.text)")
    }
  }
}
