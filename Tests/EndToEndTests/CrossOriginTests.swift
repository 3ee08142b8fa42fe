import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Pages of other origins use the service through nginx, which answers many requests alone.
  @Suite struct CrossOriginTests {
    /// A request of a page, and the status of its answer.
    private struct Case {
      let fetch: Page.Fetch
      let status: Int
      /// A header that the page must be able to read.
      var header = "x-request-id"
    }

    private func bearer(_ token: String) -> (name: String, value: String) {
      ("Authorization", "Bearer \(token)")
    }

    /// Requests that the pool answers, and forms that nginx refuses with the pool's answer.
    private func ofThePool(_ job: Job) throws -> [Case] {
      let picture = try WebFile(
        "a.png", at: job.instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max))))
      let form = "/requests/\(job.request)/uploads"
      let nothing = "/requests/01900000-0000-7000-8000-000000000000/uploads"
      let token = bearer(job.token)
      return [
        Case(fetch: .init(path: "/health"), status: 200),
        Case(fetch: .init(path: "/nothing"), status: 404),
        Case(fetch: .init(path: "/tasks"), status: 401),
        Case(fetch: .init(path: "/requests?limit=1", headers: [token]), status: 200),
        Case(
          fetch: .init(method: "POST", path: form, headers: [token], files: [picture]), status: 200),
        Case(fetch: .init(method: "POST", path: form, files: [picture]), status: 401),
        Case(
          fetch: .init(method: "POST", path: nothing, headers: [token], files: [picture]),
          status: 404),
      ]
    }

    /// Pictures, downloads and pages, which nginx reads from disk.
    private func ofFiles(_ job: Job) throws -> [Case] {
      let row = try #require(try job.uploads().first)
      let preview = try job.previews()[at: 0]
      let media = try job.originals()[at: 0]
      let path = String(try #require(media.firstMatch(of: /\/media\/[^?]*/)).0)
      let download = "/api/files/\(try row["image_id"].string)/download"
      let (part, beyond) = (("Range", "bytes=4-7"), ("Range", "bytes=99999999-"))
      let token = bearer(job.token)
      return try [
        Case(fetch: .init(path: media), status: 200, header: "etag"),
        Case(fetch: .init(method: "HEAD", path: media), status: 200, header: "accept-ranges"),
        Case(fetch: .init(path: media, headers: [part]), status: 206, header: "content-range"),
        Case(fetch: .init(path: media, headers: [beyond]), status: 416, header: "content-range"),
        Case(fetch: .init(path: media, headers: [("If-None-Match", "\"x\"")]), status: 200),
        Case(fetch: .init(path: media, headers: [token]), status: 200),
        Case(fetch: .init(path: preview), status: 200, header: "content-disposition"),
        Case(fetch: .init(path: path), status: 403),
        Case(fetch: .init(path: path + "?sig=x&expires=9", headers: [token]), status: 403),
        Case(fetch: .init(path: job.instance.sign(path, expires: 1_000_000_000)), status: 410),
        Case(fetch: .init(method: "POST", path: media), status: 405, header: "allow"),
        Case(fetch: .init(path: "/media/x"), status: 404),
        Case(fetch: .init(path: download, headers: [token]), status: 200, header: "etag"),
        Case(fetch: .init(path: download, headers: [token, part]), status: 206),
        Case(fetch: .init(path: download, headers: [token, beyond]), status: 416),
        Case(fetch: .init(path: download), status: 401, header: "www-authenticate"),
        Case(fetch: .init(path: "/"), status: 200),
        Case(fetch: .init(path: "/invitation.html"), status: 200),
      ]
    }

    /// Announced uploads and bodies, which nginx takes alone.
    private func ofBodies(_ job: Job) throws -> [Case] {
      let ticket = try #require(try job.announce(["one.png"]).first)
      let url = try ticket["url"].string
      let png = try job.instance.file(Pictures.png(seed: UInt64.random(in: 0...UInt64.max)))
      let large = try Images.large(bytes: 21 << 20, job.instance)
      let type = ("Content-Type", "image/png")
      func put(_ path: String, _ file: String, _ type: (String, String)) -> Page.Fetch {
        .init(method: "PUT", path: path, headers: [type], upload: file)
      }
      let unsigned = String(url.prefix { $0 != "?" })
      return [
        Case(fetch: put(url, png, type), status: 201),
        Case(fetch: put(url, png, type), status: 204),
        Case(fetch: put(url, png, ("Content-Type", "text/html")), status: 403),
        Case(fetch: put(url, large, type), status: 413),
        Case(fetch: put(unsigned, png, type), status: 403),
        Case(fetch: .init(path: url), status: 405, header: "allow"),
        Case(fetch: .init(path: "/incoming/x"), status: 404),
        Case(
          fetch: .init(
            method: "POST", path: "/auth/login", headers: [("Content-Type", "text/plain")],
            upload: large), status: 413),
      ]
    }

    private func cases(_ instance: Instance) throws -> [Case] {
      let job = try Job(instance, token: try instance.newCustomer())
      try job.uploadPictures(1)
      return try ofFiles(job) + ofThePool(job) + ofBodies(job)
    }

    @Test func pagesOfAListedOriginReadEveryAnswer() throws {
      let instance = try Instance.running()
      let page = Page(instance: instance, origin: "https://ui.example.org")
      for one in try cases(instance) {
        let name = "\(one.fetch.method) \(one.fetch.path.prefix(60)) \(one.status)"
        do {
          let answer = try page.send(one.fetch)
          #expect(answer.status == one.status, "\(name): \(answer.text.prefix(300))")
          #expect(answer.header("x-request-id")?.isEmpty == false, "\(name)")
          #expect(answer.header(one.header)?.isEmpty == false, "\(name): \(one.header)")
        } catch {
          Issue.record("\(name): \(error)")
        }
      }
    }

    @Test(arguments: ["null", "https://eve.example"])
    func otherPagesReadNoAnswer(_ origin: String) throws {
      let instance = try Instance.running()
      let page = Page(instance: instance, origin: origin)
      for one in try cases(instance) {
        let error = #expect(throws: Page.Blocked.self, "\(one.fetch)") {
          try page.send(one.fetch)
        }
        // Either the answer names no origin, or the preflight request was refused.
        #expect(error?.description.hasSuffix("is for “”") == true, "\(error?.description ?? "")")
      }
    }

    /// Origins are compared exactly, by nginx and by the pool.
    @Test(arguments: [
      "https://ui.example.org.eve.example", "https://UI.example.org", "http://ui.example.org",
      "https://ui.example.org:8443", "https://uixexample.org", "*", "http://localhost:3001",
    ])
    func similarOriginsAreOthers(_ origin: String) throws {
      let instance = try Instance.running()
      for fetch in [Page.Fetch(path: "/media/x"), Page.Fetch(path: "/health")] {
        #expect(throws: Page.Blocked.self) {
          try Page(instance: instance, origin: origin).send(fetch)
        }
        let listed = Page(instance: instance, origin: "http://localhost:3000")
        #expect(throws: Never.self) { try listed.send(fetch) }
      }
    }

    /// The other headers of a preflight request cannot name a listed origin.
    @Test func aPreflightIsJudgedByItsOrigin() throws {
      let instance = try Instance.running()
      let path = "/media/\(String(repeating: "0", count: 64)).png"
      func status(_ origin: String, _ method: String) throws -> Int {
        try instance.send(
          "OPTIONS", path,
          options: [
            ("header", "Origin: \(origin)"), ("header", "Access-Control-Request-Method: \(method)"),
          ]
        ).status
      }
      #expect(try status("https://ui.example.org", "GET") == 204)
      for method in ["GET", "GET https://ui.example.org", "https://ui.example.org GET"] {
        #expect(try status("https://eve.example", method) == 403, "\(method)")
      }
    }

    /// The same question gets the same answer from nginx and from the pool.
    @Test func nginxAndThePoolPermitTheSame() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      let url = try #require(try job.announce(["one.png"]).first)["url"].string
      func answer(_ method: String, _ path: String) throws -> [String: [String]] {
        let answer = try instance.send(
          method, path,
          options: [
            ("header", "Origin: https://ui.example.org"),
            ("header", "Access-Control-Request-Method: PUT"),
          ])
        let names = [
          "vary", "access-control-allow-origin", "access-control-allow-headers",
          "access-control-max-age", "access-control-expose-headers",
          "access-control-allow-credentials",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, answer.values($0)) })
      }
      let asked = try answer("OPTIONS", "/api/auth/profile")
      #expect(try answer("OPTIONS", url) == asked)
      #expect(asked["access-control-max-age"] == ["600"])
      #expect(try answer("GET", "/media/x") == answer("GET", "/nothing"))
    }
  }
}

extension EndToEnd.CrossOriginTests {
  /// Checks that a page reads refusals of nginx when there are too many requests, and when no
  /// process is there; the instance has no pool afterwards.
  static func expectReadableRefusals(_ instance: Instance, _ origin: String) throws {
    let page = Page(instance: instance, origin: origin)
    let json = ("Content-Type", "application/json")
    let signUp = Page.Fetch(
      method: "POST", path: "/auth/signup", headers: [json],
      upload: try instance.file(Array("{}".utf8)))
    let answers = try (0..<20).map { _ in try page.send(signUp) }
    let refused = try #require(answers.first { $0.status == 429 })
    #expect(refused.header("retry-after") == "1")
    #expect(answers.allSatisfy { [400, 422, 429].contains($0.status) })

    let processes = try instance.processes()
    kill(processes.supervisor, SIGTERM)
    try instance.wait(for: "the end of the pool") {
      try instance.send("GET", "/health").status == 503
    }
    let form = Page.Fetch(
      method: "POST", path: "/requests/01900000-0000-7000-8000-000000000000/uploads",
      files: [WebFile("a.png", at: try instance.file(Pictures.png(seed: 1)))])
    for fetch in [Page.Fetch(path: "/health"), form] {
      let answer = try page.send(fetch)
      #expect(answer.status == 503)
      #expect(answer.header("retry-after") == "1")
    }
  }

  /// Checks that a change of nginx's list alone admits no page, and is logged.
  static func expectNoticedDifference(_ instance: Instance, _ origin: String) throws {
    let page = Page(instance: instance, origin: origin)
    #expect(try page.send(Page.Fetch(path: "/health")).status == 200)
    let path = "\(instance.state)/nginx/origins.conf"
    let values = try Files.bytes(path)
    try Files.write(path, Array("default \"! https://other.example\";\n".utf8))
    let master = try #require(
      try Files.text("\(instance.state)/pids/nginx").split(separator: "\n").first
        .flatMap { pid_t($0) })
    kill(master, SIGHUP)
    try instance.wait(for: "nginx's new list") {
      (try? page.send(Page.Fetch(path: "/health"))) == nil
    }
    #expect(
      try Files.text("\(instance.state)/log/pool.log").contains(
        "nginx has another list of origins"))
    try Files.write(path, values)
    kill(master, SIGHUP)
    try instance.wait(for: "nginx's old list") {
      (try? page.send(Page.Fetch(path: "/health"))) != nil
    }
  }
}
