import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// An operator's tasks and troubles: sign-up, quotas, a missing disk, a backup, wrong settings.
  ///
  /// One service of its own, in one test, because each part changes the whole site.
  @Suite struct OperatorTests {
    @Test func anOperatorRunsTheSite() throws {
      let instance = try Instance(settings: ["ASSAY_LIMITS": "off"])
      defer { try? instance.stop() }
      try aClosedSiteTakesInvitations(instance)
      try theDefaultQuotaHoldsForAll(instance)
      try aMissingStoreIs503(instance)
      try aBackupIsRestored(instance)
      try wrongSettingsDoNotStart(instance)
      try commandsSayWhatIsWrong(instance)
    }

    private func signUp(
      _ name: String, invitation: String? = nil, _ instance: Instance
    ) throws -> WebAnswer {
      let secret = invitation.map { #", "invitation": "\#($0)""# } ?? ""
      return try instance.send(
        "POST", "/api/auth/register",
        json: """
          {"email": "\(name)@example.org", "username": "\(name)",
           "password": "correct horse battery"\(secret)}
          """)
    }

    private func aClosedSiteTakesInvitations(_ instance: Instance) throws {
      let host = try instance.newCustomer()
      let home = try instance.send("GET", "/api/auth/me", token: host)
        .json["organization_id"].string
      #expect(try instance.assay("sign-up").text == "sign-up: open\n")
      #expect(try instance.assay("sign-up", "invited").text == "sign-up: invited\n")
      let refused = try signUp("stranger", instance)
      expectProblem(refused, 403)
      #expect(
        try refused.json["detail"].string
          == "This site makes accounts by invitation only: "
          + "ask a member or the operator to invite you.")
      let made = try instance.send(
        "POST", "/api/organizations/\(home)/invitations", token: host,
        json: #"{"email": "guest@example.org"}"#)
      let link = try made.json["link"].string
      let page = try instance.send("GET", String(link.split(separator: "#")[at: 0]))
      #expect(page.status == 200 && page.text.contains(#"data-does="join""#))
      let secret = String(link.split(separator: "=").last ?? "")
      #expect(try signUp("guest", invitation: secret, instance).status == 201)
      let guest = try instance.signIn("guest", "correct horse battery")
      let me = try instance.send("GET", "/api/auth/me", token: guest)
      #expect(try me.json["organization_id"].string == home)
      expectProblem(try signUp("second", invitation: secret, instance), 404)
      #expect(try instance.assay("sign-up", "open").code == 0)
      #expect(try signUp("welcome", instance).status == 201)
    }

    private func theDefaultQuotaHoldsForAll(_ instance: Instance) throws {
      let old = try Job(instance, token: instance.newCustomer())
      try old.uploadPictures(1)
      let set = try instance.assay("quota", "--default", "--items", "1")
      #expect(
        set.text == """
          an organization: 102400 MiB (107374182400 bytes), 1 items
          an account: 20 organizations

          """, "\(set.text) \(set.errors)")
      let new = try Job(instance, token: instance.newCustomer())
      try new.uploadPictures(1)
      for job in [old, new] {
        let picture = WebFile("b.png", at: try instance.file(Pictures.png(seed: 71)))
        let answer = try job.upload([picture])
        #expect(answer.text.contains("The organization can store 0 more images"), "\(answer.text)")
        #expect(try job.uploads().count == 1)
      }
      #expect(try instance.assay("quota", "--default", "--items", "none").code == 0)
      let organization = try instance.send("GET", "/api/auth/me", token: new.token)
        .json["organization_id"].string
      let own = try instance.assay("quota", "--organization", organization, "--megabytes", "3")
      let words = own.text.split { $0 == " " || $0 == "\n" }
      #expect(words.prefix(2) == ["0", "MiB"] || words.prefix(2) == ["0.1", "MiB"], "\(own.text)")
      #expect(own.text.contains(" of 3 MiB (3145728 bytes)\n1 items without limit (default)\n"))
      #expect(own.text.hasSuffix("\n0 MiB (0 bytes) announced\n"), "\(own.text)")
      try old.uploadPictures(1)
    }

    /// The store's folder looks like the mount point of a disk that is not mounted.
    private func aMissingStoreIs503(_ instance: Instance) throws {
      let job = try Job(instance)
      let bytes = Pictures.png(seed: 72)
      let sent = try job.upload([WebFile("a.png", at: try instance.file(bytes))])
      try #require(sent.status == 200, "\(sent.text)")
      let url = try job.originals()[at: 0]
      let ticket = try #require(try job.announce(["late.png"]).first)
      #expect(try instance.send("GET", url).body == bytes)
      _ = try job.previews()

      let store = "\(instance.state)/store"
      try shell("mv \(store) \(store).disk && cp -a --attributes-only \(store).disk/tmp \(store)")
      let health = try instance.send("GET", "/health")
      expectProblem(health, 503)
      let sentence = "The store of the pictures is not there: the operator must mount its disk."
      #expect(try health.json["detail"].string == sentence)
      let picture = WebFile("b.png", at: try instance.file(Pictures.png(seed: 73)))
      let answers = [
        try instance.send("GET", url), try instance.send("HEAD", url), try job.upload([picture]),
        try job.put(instance.file(Pictures.png(seed: 74)), to: ticket["url"].string),
        try instance.send("GET", "/requests", as: .customer),
      ]
      #expect(answers.map(\.status) == [503, 503, 503, 503, 503])
      #expect(try answers[0].json["detail"].string == sentence)
      #expect(answers[0].header("retry-after") == "10")
      // Otherwise a repair would mark every picture as damaged.
      let repair = try instance.assay("fsck", "--repair")
      #expect(repair.code != 0 && repair.errors.contains("mount its disk"), "\(repair)")
      let shown = try instance.assay("store")
      #expect(shown.code == 1 && shown.text.contains("store.id"))
      #expect(try Files.names(in: store) == [])

      try shell("rmdir \(store) && mv \(store).disk \(store)")
      #expect(try instance.send("GET", url).body == bytes)
      #expect(try instance.send("GET", "/health").status == 200)
      #expect(try job.upload([picture]).status == 200)
      let missing = try instance.sign(
        "/media/\(String(repeating: "0", count: 64)).png", expires: 4_000_000_000)
      expectProblem(try instance.send("GET", missing), 404)
    }

    private func aBackupIsRestored(_ instance: Instance) throws {
      let job = try Job(instance)
      let bytes = Pictures.png(seed: 75)
      let sent = try job.upload([WebFile("a.png", at: try instance.file(bytes))])
      try #require(sent.status == 200, "\(sent.text)")
      let task = try job.assign()
      let item = try instance.send("GET", "/tasks/\(task)", as: .labeler)
        .json["images"].elements[0]
      let (image, url) = (try item["image_id"].string, try item["url"].string)
      let saved = try instance.send(
        "POST", "/tasks/\(task)/labels", as: .labeler,
        json: #"{"image_id": "\#(image)", "labels": ["cat"]}"#)
      try #require(saved.status < 300, "\(saved.text)")
      _ = try job.previews()
      let drill = try instance.script("drill", seconds: 240)
      try #require(drill.code == 0, "\(drill.text) \(drill.errors)")
      #expect(drill.text.hasSuffix("0 findings\n"), "\(drill.text)")
      // The tokens of before are valid again, the picture has its link, the labels are there.
      #expect(try instance.send("GET", url).body == bytes)
      let labels = try instance.send("GET", "/requests/\(job.request)/labels", as: .customer)
      #expect(labels.text.contains("cat"), "\(labels.text)")
      // The previews were not in the backup: the worker makes them again.
      for preview in try job.previews() {
        try instance.wait(for: "a preview") { try instance.send("GET", preview).status == 200 }
      }
      let verified = try instance.assay("audit", "verify")
      #expect(verified.code == 0, "\(verified.text)")
      let check = try instance.assay("check")
      #expect(check.text == "everything is there\n", "\(check.text)")
    }

    private func wrongSettingsDoNotStart(_ instance: Instance) throws {
      let wrong = try Program.run([
        "bash", "-c",
        """
        unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no; set -a; . "$0/assay.env"
        ASSAY_TREADS=4 ASSAY_QC=later ASSAY_DECODE=/nonexistent
        exec "$0/bin/assay" check --for serve
        """, instance.state,
      ])
      #expect(wrong.code == 1)
      #expect(
        wrong.text.split(separator: "\n").map(String.init) == [
          "ASSAY_TREADS is not a setting: ASSAY_THREADS is the nearest name.",
          "ASSAY_QC must be worker or inline.",
          "ASSAY_DECODE: /nonexistent does not work: "
            + "The image decoder cannot be started: No such file or directory.",
        ])
      let refused = try Program.run([
        "bash", "-c",
        """
        unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no; set -a; . "$0/assay.env"; ASSAY_THREADS=many
        exec "$0/bin/assay" supervise --socket "$0/pool/other.sock"
        """, instance.state,
      ])
      #expect(refused.code == 1)
      #expect(refused.errors.contains("ASSAY_THREADS must be from 1 to 256."))
    }

    /// A command prints sentences, never the words of the code.
    private func commandsSayWhatIsWrong(_ instance: Instance) throws {
      func errors(_ settings: String, _ words: [String]) throws -> String {
        let script = """
          unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no; set -a; . "$0/assay.env"; \(settings)
          exec "$0/bin/assay" "$@"
          """
        let done = try Program.run(["bash", "-c", script, instance.state] + words)
        #expect(done.code != 0)
        return done.errors
      }
      let away = "ASSAY_DATABASE='host=/nonexistent dbname=assay'"
      for words in [["user", "list"], ["sign-up"], ["store"]] {
        let shown = try errors(away, words)
        #expect(shown.hasPrefix("Error: The database does not answer: connection to"), "\(shown)")
      }
      let empty = "ASSAY_DATABASE=\"${ASSAY_DATABASE/dbname=assay/dbname=template1}\""
      let shown = try errors(empty, ["sign-up"])
      #expect(
        shown.hasPrefix("Error: The database is not set up for this version (")
          && shown.hasSuffix("): run `assay check`.\n"), "\(shown)")
      let link = try errors(
        "", ["user", "reset-link", "customer", "--origin", "localhost:8443"])
      #expect(link.contains("--origin must be an origin: https://host[:port]."), "\(link)")
      for (settings, words, sentence) in [
        ("", ["user", "add", "a"], "Give the password as one line on standard input."),
        (
          "", ["user", "reset-link", "customer"],
          "Give the public URL of the service: --origin, or ASSAY_PUBLIC_URL."
        ),
        ("unset ASSAY_DATABASE", ["user", "list"], "ASSAY_DATABASE is not set."),
        (
          "unset ASSAY_DATABASE", ["nginx-origins"],
          "Load the settings first: set -a; . /etc/assay/assay.env; set +a"
        ),
        ("unset ASSAY_STORE", ["seal", "--once"], "ASSAY_STORE is not set."),
        (
          "", ["seal", "--once", "--group", "nobody-knows"],
          "There is no group nobody-knows: make it with `systemd-sysusers` as docs/deploying.md "
            + "says, or name another one."
        ),
      ] { #expect(try errors(settings, words) == "Error: \(sentence)\n") }
    }

    private func shell(_ line: String) throws {
      let done = try Program.run(["sh", "-c", line])
      try #require(done.code == 0, "\(line): \(done.errors)")
    }
  }
}
