import HTTP
import Support
import Testing

extension Instance {
  /// Signs a path of `/media/` as the service does.
  func sign(_ path: String, expires: Int) throws -> String {
    let signed = try Program.run(
      [
        "sh", "-c",
        """
        printf '%s%s %s' "$3" "$1" "$(tr -d '\\n' <"$2")" | openssl md5 -binary |
          base64 | tr '+/' '-_' | tr -d '=\\n'
        """, "sh", path, "\(state)/secrets/link.key", "\(expires)",
      ])
    return "\(path)?expires=\(expires)&sig=\(signed.text)"
  }
}

extension EndToEnd {
  /// nginx serves stored pictures to every client with a signed link.
  @Suite struct MediaTests {
    /// A labeler's link of a new picture, and the picture.
    private func link(_ instance: Instance) throws -> (url: String, bytes: [UInt8]) {
      let job = try Job(instance)
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max))
      let answer = try job.upload([WebFile("a.png", at: try instance.file(bytes))])
      try #require(answer.status == 200)
      return (try job.originals()[at: 0], bytes)
    }

    @Test func linkReturnsTheBytesWithProtectiveHeaders() throws {
      let instance = try Instance.running()
      let (url, bytes) = try link(instance)
      #expect(url.hasPrefix(instance.settings["ASSAY_URL", default: "?"]))
      let answer = try instance.send("GET", url)
      #expect(answer.status == 200 && answer.body == bytes)
      #expect(answer.header("content-type") == "image/png")
      #expect(answer.header("x-content-type-options") == "nosniff")
      #expect(answer.header("content-security-policy")?.contains("sandbox") == true)
      #expect(answer.header("content-disposition") == "inline")
      #expect(answer.header("cache-control")?.contains("private") == true)
      #expect(answer.header("x-request-id")?.isEmpty == false)
      let head = try instance.send("HEAD", url)
      #expect(head.status == 200 && head.header("content-length") == "\(bytes.count)")
    }

    @Test func aNewLinkOfATaskReturnsTheBytes() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      try job.uploadPictures(2)
      let task = "/tasks/\(try job.assign())"
      let images = try instance.send("GET", task, as: .labeler).json["images"].elements
      let ids = try images.map { try $0["image_id"].string }
      let query = ids.map { "image_id=\($0)" }.joined(separator: "&")
      let links = try instance.send("GET", "\(task)/links?\(query)", as: .labeler)
      let found = try links.json["links"].elements
      #expect(try found.map { try $0["image_id"].string } == ids)
      for (link, image) in zip(found, images) {
        let answer = try instance.send("GET", link["url"].string)
        #expect(answer.status == 200)
        #expect(try answer.body == instance.send("GET", image["url"].string).body)
      }
      expectProblem(try instance.send("GET", "\(task)/links", as: .labeler), 400)
    }

    @Test func rangesOfAPictureAreServed() throws {
      let instance = try Instance.running()
      let (url, bytes) = try link(instance)
      let part = try instance.send("GET", url, options: [("range", "4-7")])
      #expect(part.status == 206 && part.body == Array(bytes[4..<8]))
      let beyond = try instance.send("GET", url, options: [("range", "99999999-")])
      expectProblem(beyond, 416)
    }

    @Test func changedLinkIsRefused() throws {
      let instance = try Instance.running()
      let url = try link(instance).url
      let parts = url.split(separator: "?").map(String.init)
      let (path, query) = (parts[0], "?" + parts[1])
      let sig = try #require(query.firstMatch(of: /sig=(.)/)).1
      let spoiled = query.replacing("sig=\(sig)", with: "sig=\(sig == "A" ? "B" : "A")")
      expectProblem(try instance.send("GET", path + spoiled), 403, "signature")
      expectProblem(try instance.send("GET", path), 403, "none")
      let other = path.replacing(".png", with: ".html")
      expectProblem(try instance.send("GET", other + query), 403, "extension")
      let time = try #require(query.firstMatch(of: /expires=(\d+)/)).1
      let later = query.replacing(time, with: "9999999999")
      expectProblem(try instance.send("GET", path + later), 403, "time")
      expectProblem(try instance.send("POST", url, json: "{}"), 405, "method")
    }

    @Test func linkExpires() throws {
      let instance = try Instance.running()
      let url = try link(instance).url
      let path = try #require(url.firstMatch(of: /\/media\/[^?]*/)).0
      let old = try instance.sign(String(path), expires: 1_000_000_000)
      let answer = try instance.send("GET", old)
      expectProblem(answer, 410)
      #expect(
        try answer.json["detail"].string == "The link has expired: load the list or the task again."
      )
    }

    @Test(arguments: [
      "/media/", "/media", "/media/../assay.env", "/media/%2e%2e/assay.env",
      "/media/..%2f..%2fassay.env", "/media/.%2e/%2e./tls/key.pem", "/media//etc/passwd",
      "/media/blobs/", "/media/00/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
      "/..%5c..%5cetc", "/media/\\..\\..", "/.none", "/.problem", "/.problem/pool",
      "/store/tmp/", "//media//", "/index.html/../../assay.env",
    ])
    func otherFilesAreNotServed(_ path: String) throws {
      let instance = try Instance.running()
      let answer = try instance.send("GET", path)
      #expect((400..<500).contains(answer.status), "\(answer.status)")
      expectProblem(answer, path)
    }

    /// nginx serves these only when the pool's answer names them.
    @Test func originalIsNotServedByItsInternalAddress() throws {
      let instance = try Instance.running()
      let url = try link(instance).url
      let digest = try #require(url.firstMatch(of: /[0-9a-f]{64}/)).0
      let path = "/.blobs/\(digest.prefix(2))/\(digest.dropFirst(2))"
      expectProblem(try instance.send("GET", path), 404, path)
    }

    /// Somebody who has taken over the API could read files of nginx's user by such a link.
    @Test func aSymbolicLinkInTheStoreLeadsNowhere() throws {
      let instance = try Instance.running()
      let job = try Job(instance, token: try instance.newCustomer())
      try job.uploadPictures(1)
      let image = try #require(try job.uploads().first)["image_id"].string
      let token = "Authorization: Bearer \(job.token)"
      let download = "/api/files/\(image)/download"
      let (original, preview) = (try job.originals()[at: 0], try job.previews()[at: 0])
      func answers() throws -> [Int] {
        try [
          instance.send("GET", original), instance.send("GET", preview),
          instance.send("GET", download, options: [("header", token)]),
        ].map(\.status)
      }
      #expect(try answers() == [200, 200, 200])
      let digest = String(try #require(original.firstMatch(of: /[0-9a-f]{64}/)).0)
      let replace = """
        for f in $0/blobs/$1/$2 $0/previews/$1/$2-*; do mv $f $f~ && ln -s /etc/hostname $f; done
        """
      let store = "\(instance.state)/store"
      let words = [store, String(digest.prefix(2)), String(digest.dropFirst(2))]
      #expect(try Program.run(["sh", "-c", replace] + words).code == 0)
      #expect(try answers() == [403, 403, 403])
      let restore = "for f in $0/blobs/$1/$2~ $0/previews/$1/$2-*~; do mv $f ${f%?}; done"
      #expect(try Program.run(["sh", "-c", restore] + words).code == 0)
      #expect(try answers() == [200, 200, 200])
    }

    @Test func pageIsServed() throws {
      let instance = try Instance.running()
      let page = try instance.send("GET", "/")
      #expect(page.status == 200 && page.header("content-type") == "text/html")
      #expect(page.header("x-frame-options") == "DENY")
      #expect(page.header("x-request-id")?.isEmpty == false)
    }
  }
}
