import Glibc
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
      let link = try job.uploads()[at: 0]["preview_url"].string
      let ticket = try #require(try job.announce(["a.png"]).first)
      #expect(try instance.send("GET", link).status == 200)

      try replace("link", instance)
      expectProblem(try instance.send("GET", link), 403, "the old link")
      let next = try job.uploads()[at: 0]["preview_url"].string
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
      try replaceThePasswordOfTheDatabase(instance)
    }

    /// The API gets a password in PostgreSQL, as with a server on another host, and then a new one.
    private func replaceThePasswordOfTheDatabase(_ instance: Instance) throws {
      let access = "\(instance.state)/postgres/data/pg_hba.conf"
      let lines = try Files.text(access)
      try Files.write(access, Array("local assay assay_app scram-sha-256\n\(lines)".utf8))
      try Database.run("alter role assay_app password 'first'", instance)
      try Database.restart(instance)
      #expect(try health(password: "first", instance) == 200)
      try Database.run("alter role assay_app password 'second'", instance)
      #expect(try health(password: "first", instance) == 503)
      #expect(try health(password: "second", instance) == 200)
    }

    /// The health of a new API process whose file for libpq has this password.
    private func health(password: String, _ instance: Instance) throws -> Int {
      let (file, path) = ("\(instance.run)/api.pgpass", "\(instance.run)/\(password).sock")
      try Files.write(file, Array("*:*:assay:assay_app:\(password)\n".utf8))
      chmod(file, 0o600)
      unlink(path)
      let socket = try Listening(path)
      let script = """
        set -a
        . "$0/assay.env"
        SWIFT_BACKTRACE=enable=no PGPASSFILE=$1
        exec "$0/bin/assay" serve
        """
      let pool = try Program(
        ["bash", "-c", script, instance.state, file], descriptor: socket.descriptor)
      defer {
        kill(pool.pid, SIGTERM)
        _ = try? pool.finish()
      }
      return try FastCGIClient.ask(path).status
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
