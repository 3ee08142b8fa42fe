import HTTP
import Support
import Testing

extension EndToEnd {
  /// New secrets, as docs/secrets.md replaces them.
  @Suite struct SecretTests {
    @Test func newKeysEndAccessTokensAndLinksAndNothingElse() throws {
      let instance = try Instance()
      defer { try? instance.stop() }
      let session = try signIn(instance)
      let job = try Job(instance, token: session.access)
      try job.uploadPictures(1)
      let link = try job.uploads()[0]["preview_url"].string
      let ticket = try #require(try job.announce(["a.png"]).first)
      #expect(try instance.send("GET", link).status == 200)

      try replace("link", instance)
      expectProblem(try instance.send("GET", link), 403, "the old link")
      let next = try job.uploads()[0]["preview_url"].string
      #expect(try instance.send("GET", next).status == 200, "nginx has the new key, too")

      try replace("token", instance)
      expectProblem(try instance.send("GET", "/requests", token: session.access), 401)
      let late = try instance.file(Pictures.png(seed: 1))
      expectProblem(try job.put(late, to: ticket["url"].string), 403, "the old upload address")
      #expect(try instance.send("GET", next).status == 200)
      let refreshed = try instance.send(
        "POST", "/api/auth/refresh", json: #"{"refresh_token": "\#(session.refresh)"}"#)
      let access = try refreshed.json["access_token"].string
      let list = try instance.send("GET", "/requests/\(job.request)/uploads", token: access)
      #expect(try list.json.elements.count == 1)
    }

    private func signIn(_ instance: Instance) throws -> (access: String, refresh: String) {
      let (name, password) = try instance.credentials(.customer)
      let json = try instance.send(
        "POST", "/auth/login", json: #"{"username": "\#(name)", "password": "\#(password)"}"#
      ).json
      return try (json["access_token"].string, json["refresh_token"].string)
    }

    /// Makes a new key, and starts again what uses it.
    private func replace(_ key: String, _ instance: Instance) throws {
      let file = "\(instance.state)/secrets/\(key).key"
      let made = try Program.run(["bash", "-c", #"openssl rand -hex 32 >"$0""#, file])
      try #require(made.code == 0, "\(made.errors)")
      let up = try instance.script("up", "--quiet")
      try #require(up.code == 0, "\(up.errors)")
    }
  }
}
