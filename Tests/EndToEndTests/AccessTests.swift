import HTTP
import Support
import Testing

extension EndToEnd {
  /// The roles that may call each path, in both spellings of the path.
  @Suite struct AccessTests {
    /// A line of the contract and the roles that it admits; nil for everybody.
    struct Line: CustomTestStringConvertible {
      let method: String
      let path: String
      let roles: Set<Account>?
      var testDescription: String { "\(method) \(path)" }
    }

    static let nobody = "01900000-0000-7000-8000-000000000000"
    static let requesters: Set<Account> = [.customer, .admin, .universal]
    static let labelers: Set<Account> = [.labeler, .reviewer, .admin, .universal]
    static let admins: Set<Account> = [.admin, .universal]

    static let lines = [
      Line(method: "POST", path: "/auth/login", roles: nil),
      Line(method: "POST", path: "/auth/signup", roles: nil),
      Line(method: "GET", path: "/auth/me", roles: Set(Account.allCases)),
      Line(method: "POST", path: "/requests", roles: [.customer, .universal]),
      Line(method: "GET", path: "/requests", roles: requesters),
      Line(method: "GET", path: "/requests/\(nobody)", roles: requesters),
      Line(method: "POST", path: "/requests/\(nobody)/uploads", roles: requesters),
      Line(method: "GET", path: "/requests/\(nobody)/uploads", roles: requesters),
      Line(method: "POST", path: "/requests/\(nobody)/qc/run", roles: requesters),
      Line(method: "GET", path: "/requests/\(nobody)/qc", roles: requesters),
      Line(method: "GET", path: "/requests/\(nobody)/qc/results", roles: requesters),
      Line(method: "POST", path: "/uploads/presign", roles: requesters),
      Line(method: "POST", path: "/uploads/complete", roles: requesters),
      Line(method: "GET", path: "/requests/\(nobody)/labels", roles: requesters),
      Line(method: "GET", path: "/tasks", roles: labelers),
      Line(method: "GET", path: "/tasks/\(nobody)", roles: labelers),
      Line(method: "POST", path: "/tasks/\(nobody)/labels", roles: labelers),
      Line(method: "GET", path: "/admin/users", roles: admins),
      Line(method: "GET", path: "/admin/requests", roles: admins),
      Line(method: "GET", path: "/admin/tasks", roles: admins),
      Line(method: "POST", path: "/admin/assign", roles: admins),
    ]

    @Test(arguments: lines) func permittedRolesAreAdmitted(_ line: Line) throws {
      let instance = try Instance.running()
      let json = line.method == "POST" ? "{}" : nil
      for (who, slash) in zip(Account.allCases, ["", "/", "", "/", ""]) {
        let answer = try instance.send(line.method, line.path + slash, as: who, json: json)
        if line.roles?.contains(who) != false {
          #expect(answer.status != 401 && answer.status != 403, "\(who): \(answer.text)")
          if line.method == "POST" || line.path.contains(Self.nobody) {
            #expect([400, 404, 415].contains(answer.status), "\(who): \(answer.text)")
            expectProblem(answer, "\(who)")
          } else {
            #expect(answer.status == 200, "\(who)\(slash): \(answer.text)")
          }
        } else {
          expectProblem(answer, 403, "\(who)")
        }
      }
    }

    @Test(arguments: lines.filter { $0.roles != nil })
    func aMissingTokenIs401(_ line: Line) throws {
      let instance = try Instance.running()
      let json = line.method == "POST" ? "{}" : nil
      for token in [nil, "nonsense"] {
        let answer = try instance.send(line.method, line.path, token: token, json: json)
        expectProblem(answer, 401)
        #expect(answer.header("www-authenticate") == "Bearer")
      }
    }

    /// Whether the path has another route of this method.
    private static func isOther(_ method: String, _ line: Line) -> Bool {
      method == "PUT" && line.path == "/auth/me"
    }

    @Test(arguments: lines) func otherMethodsAreRefused(_ line: Line) throws {
      let instance = try Instance.running()
      for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] where !Self.isOther(method, line) {
        let answer = try instance.send(method, line.path, as: .universal)
        expectProblem(answer, 405, method)
        let allowed = answer.header("allow")?.split(separator: ", ").map(String.init) ?? []
        #expect(allowed.contains(line.method) && !allowed.contains(method))
      }
    }

    @Test(arguments: lines.filter { $0.method == "GET" })
    func headIsGetWithoutABody(_ line: Line) throws {
      let instance = try Instance.running()
      let get = try instance.send("GET", line.path, as: .universal)
      let head = try instance.send("HEAD", line.path, as: .universal)
      #expect(head.status == get.status && head.body.isEmpty)
      #expect(head.header("content-type") == get.header("content-type"))
      #expect(head.header("content-length") == get.header("content-length"))
    }

    @Test(arguments: [
      "/nothing", "/requests/\(nobody)/nothing", "/auth", "/tasks/\(nobody)/labels/1",
    ])
    func unknownPathsAre404(_ path: String) throws {
      let instance = try Instance.running()
      for who in [nil, Account.universal] {
        expectProblem(try instance.send("GET", path, as: who), 404)
        expectProblem(try instance.send("POST", path, as: who, json: "{}"), 404)
      }
    }
  }
}
