import HTTP
import S3
import Support
import Testing

extension EndToEnd {
  /// Announced uploads go to an S3-compatible store (moto, with a check of our signatures).
  @Suite struct ObjectStoreTests {
    private static let keys = (access: "AKIAASSAYENDTOEND", secret: "0f8Kq/2mZr+Vt")
    private static let bucket = "assay-incoming"

    private static func store() throws -> PythonServer {
      try PythonServer(
        storeScript, [keys.access, keys.secret, bucket], python: Python.withMoto.get())
    }

    private static func instance(_ store: PythonServer) throws -> Instance {
      try Instance(settings: [
        "ASSAY_S3_ENDPOINT": "http://127.0.0.1:\(store.port)", "ASSAY_S3_BUCKET": bucket,
        "ASSAY_S3_PATH_STYLE": "true",
      ]) { run in
        let secrets = "\(run)/state/secrets"
        let made = try Program.run([
          "sh", "-c",
          """
          umask 077 && mkdir -p "$1" && echo "$2" >"$1/s3.access" && echo "$3" >"$1/s3.secret" &&
          chmod 755 "${1%/*}" && { [ "$(id -u)" != 0 ] || chown -R www-data: "$1"; }
          """, "secrets", secrets, keys.access, keys.secret,
        ])
        try #require(made.code == 0, "\(made.errors)")
      }
    }

    /// A client that sees the objects as their owner does.
    private func client(_ store: PythonServer) throws -> S3Client {
      try S3Client(
        S3Configuration(
          endpoint: "http://127.0.0.1:\(store.port)", region: "us-east-1", bucket: Self.bucket,
          accessKey: Self.keys.access, secretKey: Self.keys.secret, pathStyle: true))
    }

    private func picture(_ instance: Instance) throws -> (path: String, bytes: [UInt8]) {
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
      return (try instance.file(bytes), bytes)
    }

    @Test func uploadsGoThroughTheObjectStore() throws {
      let store = try Self.store()
      defer { store.stop() }
      let instance = try Self.instance(store)
      defer { try? instance.stop() }
      let objects = try client(store)
      try goodOnesAreTaken(instance, objects)
      try badOnesAreRefused(instance, objects)
      try forgottenOnesAreSwept(instance, objects)
      let key = try Job(instance).announce(["a.png"])[at: 0]["key"].string
      store.stop()
      expectProblem(try Job(instance).complete([key]), 400, "another request's key")
      let job = try Job(instance)
      let late = try job.announce(["a.png"])[at: 0]["key"].string
      expectProblem(try job.complete([late]), 503, "the store is gone")
    }

    private func goodOnesAreTaken(_ instance: Instance, _ objects: S3Client) throws {
      let job = try Job(instance)
      let tickets = try job.announce(["one.png", "two.png"])
      let pictures = try [picture(instance), picture(instance)]
      for (ticket, picture) in zip(tickets, pictures) {
        #expect(try ticket["url"].string.contains("X-Amz-Signature="))
        #expect(try job.put(picture.path, to: ticket["url"].string).status == 200)
      }
      let keys = try tickets.map { try $0["key"].string }
      let etag = try #require(try objects.head("incoming/\(keys[0])")).etag
      // The store's etag is accepted, with the store's quotes, and its absence too.
      #expect(try job.complete([keys[0]], etag: #"\"\#(etag)\""#).status == 200)
      for _ in 0..<2 { #expect(try job.complete(keys).status == 200) }
      let rows = try job.uploads()
      #expect(try rows.map { try $0["size_bytes"].int } == pictures.map(\.bytes.count).reversed())
      for (row, picture) in zip(rows.reversed(), pictures) {
        let id = try row["image_id"].string
        let original = try instance.send("GET", "/api/files/\(id)/download", token: job.token)
        #expect(original.status == 200 && original.body == picture.bytes)
      }
      for key in keys { #expect(try objects.head("incoming/\(key)") == nil) }
    }

    private func badOnesAreRefused(_ instance: Instance, _ objects: S3Client) throws {
      let job = try Job(instance)
      let names = ["none", "etag", "large", "text", "type", "late"]
      let tickets = try job.announce(names)
      func url(_ name: String) throws -> String {
        try tickets[names.firstIndex(of: name) ?? 0]["url"].string
      }
      func key(_ name: String) throws -> String {
        try tickets[names.firstIndex(of: name) ?? 0]["key"].string
      }
      let good = try picture(instance).path
      let large = try Images.large(bytes: 21 << 20, instance)
      for (name, path) in [
        ("etag", good), ("large", large), ("text", "/etc/hostname"), ("late", good),
      ] {
        #expect(try job.put(path, to: url(name)).status == 200, "\(name)")
      }
      #expect(try job.put(good, to: url("type"), type: "text/html").status == 403)
      try Database.run(
        "update upload set state = 'expired' where upload_id = '\(key("late"))'", instance)
      for (name, etag, word) in [
        ("none", nil, "No bytes"), ("etag", "0f343b0931126a20f133d67c2b018a3b", "etag"),
        ("large", nil, "larger than"), ("text", nil, "not a"), ("type", nil, "No bytes"),
        ("late", nil, "expired"),
      ] as [(String, String?, String)] {
        let answer = try job.complete([key(name)], etag: etag)
        expectProblem(answer, 400, name)
        #expect(try answer.json["detail"].string.contains(word), "\(answer.text)")
      }
      #expect(try job.uploads().isEmpty)
      #expect(try objects.head("incoming/\(key("large"))") == nil)
      #expect(try Files.names(in: "\(instance.state)/store/tmp").isEmpty)
    }

    /// Checks that a worker sweeps them when they are due.
    private func forgottenOnesAreSwept(_ instance: Instance, _ objects: S3Client) throws {
      let job = try Job(instance)
      let ticket = try job.announce(["forgotten.png"])[at: 0]
      let key = try ticket["key"].string
      #expect(try job.put(picture(instance).path, to: ticket["url"].string).status == 200)
      try Database.run(
        "update upload set expires_at = now() - interval '2 days' where upload_id = '\(key)'",
        instance)
      try Database.run("update job_chunk set run_after = now() where kind = 'sweep'", instance)
      try instance.wait(for: "the sweeper") {
        let state = "select state from upload where upload_id = '\(key)'"
        return try Database.run(state, instance) == "expired\n"
      }
      #expect(try objects.head("incoming/\(key)") == nil)
      expectProblem(try job.complete([key]), 400, "expired")
    }
  }
}
