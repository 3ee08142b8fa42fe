import Assay
import HTTP
import Support
import Testing
import Web

extension Route: CustomTestStringConvertible {
  package var testDescription: String { "\(method.rawValue) \(pattern)" }

  /// A path of this route with unknown ids.
  var somewhere: String {
    let segments = pattern.split(separator: "/").map { $0.first == "{" ? unknownID : String($0) }
    return "/" + segments.joined(separator: "/")
  }
}

@Suite("Every route and every role")
struct AccessTests {
  @Test(arguments: Routes.all.filter { $0.access.roles != nil })
  func aMissingTokenIs401(route: Route) throws {
    try Stage.use { stage in
      let answer = try stage.site.send(route.method.rawValue, route.somewhere)
      #expect(answer.status == 401)
      #expect(answer.headers["WWW-Authenticate"] == "Bearer")
      #expect(answer.keys == ["detail", "request_id"])
    }
  }

  @Test(arguments: Routes.all, Role.allCases)
  func otherRolesThanTheRoutesAreRefused(route: Route, role: Role) throws {
    try Stage.use { stage in
      let (method, path) = (route.method.rawValue, route.somewhere)
      let answer = try stage.site.send(method, path, as: stage.person(role))
      guard let roles = route.access.roles else {
        // Most open routes do not read tokens; the answer of one contains the time.
        guard !route.readsToken, route.name != "documentation.v1Health" else { return }
        #expect(try answer.text == stage.site.send(method, path).text)
        return
      }
      #expect(answer.status != 401)
      #expect((answer.status == 403) == !roles.contains(role), "\(answer.status) \(answer.text)")
    }
  }

  @Test func routesForPeopleRefuseKeys() throws {
    try Stage.use { stage in
      let made = try stage.site.send(
        "POST", "/api/v1/api-keys", as: stage.person(.universal),
        json: #"{"name": "robot", "scopes": ["read", "write", "admin"]}"#)
      let key = Person(username: "robot", token: try made.json["key"].string)
      for route in Routes.all where route.access.roles != nil {
        let answer = try stage.site.send(route.method.rawValue, route.somewhere, as: key)
        #expect((answer.status == 403) == !route.access.takesKeys, "\(route.testDescription)")
        #expect(answer.status != 401, "\(route.testDescription)")
      }
    }
  }

  @Test func accessNamesMatchTheirRoles() {
    let admitted: [(Access, Set<Role>?)] = [
      (.anyone, nil), (.signedIn, Set(Role.allCases)), (.person, Set(Role.allCases)),
      (.customer, [.customer, .universal]),
      (.requester, [.customer, .admin, .universal]),
      (.labeler, [.labeler, .reviewer, .admin, .universal]), (.admin, [.admin, .universal]),
      (.requester.inPerson, [.customer, .admin, .universal]),
      (.admin.inPerson, [.admin, .universal]),
    ]
    #expect(!Access.admin.inPerson.takesKeys && !Access.requester.inPerson.takesKeys)
    for (access, roles) in admitted { #expect(access.roles == roles, "\(access.name)") }
    #expect(Set(admitted.map(\.0.name)).count == admitted.count)
    #expect(Set(Routes.all.map(\.access.name)).isSubset(of: admitted.map(\.0.name)))
  }

  @Test func onlyListedRoutesNeedNoToken() {
    let open = Routes.all.filter { $0.access.roles == nil }.map(\.name)
    #expect(
      open.sorted() == [
        "accounts.apiSignIn", "accounts.refresh", "accounts.register", "accounts.signIn",
        "accounts.signUp", "accounts.v1SignIn", "documentation.health", "documentation.openapi",
        "documentation.v1Health", "identities.synchronize", "identities.verify",
        "presigned.receive", "profile.forgotPassword", "profile.resetPassword",
      ])
  }
}
