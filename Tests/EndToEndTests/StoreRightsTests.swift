import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// The API, the workers and nginx are different users, as on a server.
  ///
  /// Users of the system take their parts: `daemon` owns the store as the workers do.
  @Suite struct StoreRightsTests {
    /// A user with the groups that the part has.
    private enum Part: String {
      case api = "games:sys:sys,tty"
      case worker = "daemon:sys:sys,tty"
      case nginx = "www-data:www-data:www-data,sys"
      case neighbour = "man:www-data:www-data"

      /// Runs a command with the rights of this part.
      func run(_ script: String, _ words: String...) throws -> Bool {
        let names = rawValue.split(separator: ":")
        return try Program.run(
          ["setpriv", "--reuid=\(names[0])", "--regid=\(names[1])", "--groups=\(names[2])"]
            + ["sh", "-c", "umask 027; \(script)"] + words
        ).code == 0
      }
    }

    private static let rights = ["--worker", "daemon", "--group", "tty", "--web-group", "sys"]

    private func seal(_ words: [String], _ store: String) throws -> Program {
      try Program(
        [Products.path("assay"), "seal"] + Self.rights + words,
        environment: Program.environment.merging([
          "ASSAY_STORE": store, "SWIFT_BACKTRACE": "enable=no",
        ]) { $1 })
    }

    /// An empty store with the rights of a server.
    private func store() throws -> (home: TemporaryDirectory, path: String) {
      try #require(geteuid() == 0, "This test changes users: run it as root.")
      let home = try TemporaryDirectory()
      chmod(home.path, 0o755)
      let store = home.path + "/store"
      mkdir(store, 0o700)
      // As systemd-tmpfiles does.
      for folder in ["arriving", "incoming"] {
        mkdir("\(store)/\(folder)", 0o700)
        let made = try Program.run(
          ["sh", "-c", #"chown daemon:sys "$0" && chmod 2770 "$0""#, "\(store)/\(folder)"])
        try #require(made.code == 0, "\(made.errors)")
      }
      for _ in 0..<2 {
        let prepared = try seal(["--prepare"], store).finish()
        try #require(prepared.code == 0, "\(prepared.errors)")
      }
      return (home, store)
    }

    @Test func theAPICannotChangeASealedOriginal() throws {
      let (home, store) = try store()
      defer { home.remove() }
      let original = "\(store)/blobs/ab/original"
      #expect(try Part.api.run(#"echo 1 >"$0/tmp/a" && mv "$0/tmp/a" "$1""#, store, original))
      #expect(try Part.nginx.run(#"cat "$0""#, original))

      let sealer = try seal([], store)
      defer { kill(sealer.pid, SIGKILL) }
      let late = "\(store)/blobs/cd/late"
      try wait(for: "the first seal") { sealer.complaints.contains("originals sealed") }
      #expect(try Part.api.run(#"echo 2 >"$0/tmp/b" && mv "$0/tmp/b" "$1""#, store, late))
      try wait(for: "the second seal") { facts(late).st_uid == facts(store).st_uid }
      #expect(try Part.api.run(#"echo 3 >"$0/tmp/c""#, store))

      for path in [original, late] {
        #expect(facts(path).st_mode & 0o7777 == 0o440)
        #expect(try Part.api.run(#"cat "$0""#, path))
        #expect(try Part.nginx.run(#"cat "$0""#, path))
        #expect(try !Part.neighbour.run(#"cat "$0""#, path))
        for change in [
          #"rm -f "$0""#, #"mv "$0" "$0.old""#, #"echo >>"$0""#, #"chmod 666 "$0""#,
          #"mv -f "$1/tmp/c" "$0""#, #"ln "$0" "$1/tmp/d""#,
        ] { #expect(try !Part.api.run(change, path, store), "\(change)") }
        #expect(try !Part.nginx.run(#"rm -f "$0""#, path))
      }
      #expect(try !Part.nginx.run(#"touch "$0/blobs/ab/new""#, store))
      #expect(try !Part.api.run(#"ls "$0/damaged""#, store))
      #expect(try Part.worker.run(#"mv "$0" "$1/doomed/x" && rm "$1/doomed/x""#, late, store))
      #expect(sealer.complaints.split(separator: "\n").count == 1, "\(sealer.complaints)")
    }

    /// Its unit starts it again, on the disk that is mounted then.
    @Test func aSealEndsWhenTheStoreIsExchanged() throws {
      let (home, store) = try store()
      defer { home.remove() }
      let sealer = try seal([], store)
      defer { kill(sealer.pid, SIGKILL) }
      try wait(for: "the first seal") { sealer.complaints.contains("originals sealed") }
      try #require(rename(store, store + ".disk") == 0)
      #expect(try sealer.finish().code == 0)
    }

    @Test func theAPITakesWhatNginxHasReceived() throws {
      let (home, store) = try store()
      defer { home.remove() }
      #expect(try Part.nginx.run(#"umask 007; echo 1 >"$0/incoming/u""#, store))
      #expect(try !Part.neighbour.run(#"cat "$0/incoming/u""#, store))
      #expect(
        try Part.api.run(
          #"ln "$0/incoming/u" "$0/tmp/u" && mv "$0/tmp/u" "$0/blobs/ab/u" && rm "$0/incoming/u""#,
          store))
      #expect(try seal(["--once"], store).finish().text == "1 sealed\n")
      #expect(try !Part.nginx.run(#"echo >>"$0/blobs/ab/u""#, store))
      #expect(try Part.nginx.run(#"cat "$0/blobs/ab/u""#, store))
    }

    @Test func aSealFollowsNoLinkAndKeepsToFiles() throws {
      let (home, store) = try store()
      defer { home.remove() }
      let secret = home.path + "/secret"
      try home.write("secret", "text")
      symlink(secret, "\(store)/blobs/ab/link")
      mkdir("\(store)/blobs/ab/folder", 0o755)
      let sealer = try seal([], store)
      defer { kill(sealer.pid, SIGKILL) }
      try wait(for: "the first seal") { sealer.complaints.contains("originals sealed") }
      let late = "\(store)/blobs/ab/late"
      // A name that is no text, and as long as a name can be.
      let odd = #"touch "$0/blobs/ab/$(printf '\377%.0s' $(seq 255))""#
      #expect(try Part.api.run(odd, store))
      #expect(
        try Part.api.run(
          #"ln -s "$0" "$1/blobs/ab/second"; echo 1 >"$1/tmp/a"; mv "$1/tmp/a" "$2""#,
          secret, store, late))
      try wait(for: "the second seal") { facts(late).st_uid == facts(store).st_uid }
      let sealed = try seal(["--once"], store).finish()
      #expect(sealed.code == 0 && sealed.text == "0 sealed\n", "\(sealed)")
      #expect(facts(secret).st_uid == 0 && facts(secret).st_mode & 0o777 == 0o600)
      // The workers own the folders, and could put a link in place of one.
      try #require(rename("\(store)/blobs/cd", "\(store)/cd") == 0)
      symlink(home.path, "\(store)/blobs/cd")
      let refused = try seal(["--once"], store).finish()
      #expect(refused.code != 0, "\(refused)")
      #expect(facts(secret).st_uid == 0 && facts(secret).st_mode & 0o777 == 0o600)
      #expect(facts("\(store)/blobs/ab/folder").st_uid == 0)
    }

    @Test func theServiceWorksWithSealedOriginals() throws {
      try #require(geteuid() == 0, "This test changes users: run it as root.")
      let instance = try Instance()
      defer { try? instance.stop() }
      let store = "\(instance.state)/store"
      let rights = ["--worker", "daemon", "--group", "www-data", "--web-group", "www-data"]
      let prepared = try instance.assay("seal", "--prepare", rights: rights)
      try #require(prepared.code == 0, "\(prepared.errors)")

      let picture = WebFile("a.png", at: try instance.file(Pictures.png(seed: 7)))
      let job = try Job(instance)
      #expect(try job.upload([picture]).json["uploaded"].int == 1)
      let ticket = try #require(try job.announce(["b.png"]).first)
      let other = try instance.file(Pictures.png(seed: 8))
      #expect(try job.put(other, to: ticket["url"].string).status == 201)
      #expect(try job.complete([ticket["key"].string]).status == 200)
      let sealed = try instance.assay("seal", "--once", rights: rights)
      #expect(sealed.text == "2 sealed\n", "\(sealed.text) \(sealed.errors)")
      #expect(
        try Program.run(["find", "\(store)/blobs", "-type", "f", "!", "-user", "daemon"]).text == ""
      )
      for original in try job.originals() {
        #expect(try instance.send("GET", original).status == 200)
      }

      // Another customer has the same bytes: in a form, and announced.
      let second = try Job(instance, token: try instance.newCustomer())
      #expect(try second.upload([picture]).json["uploaded"].int == 1)
      let again = try #require(try second.announce(["b.png"]).first)
      #expect(try second.put(other, to: again["url"].string).status == 201)
      #expect(try second.complete([again["key"].string]).status == 200)
      // Completing was repeated: the first attempt gave the file its name, and it was sealed.
      let repeated = try #require(try second.announce(["c.png"]).first)
      let third = try instance.file(Pictures.png(seed: 9))
      #expect(try second.put(third, to: repeated["url"].string).status == 201)
      let received = #"f=$(find "$0/incoming" -type f -size +0) && chown daemon $f && chmod 440 $f"#
      #expect(try Program.run(["sh", "-c", received, store]).code == 0)
      #expect(try second.complete([repeated["key"].string]).status == 200)
      #expect(try second.uploads().count == 3)
      #expect(try Files.names(in: "\(store)/tmp") == [])
      try expectOneName(of: store, instance)
    }

    /// `assay store name` gives no name to a store whose disk is not mounted.
    private func expectOneName(of store: String, _ instance: Instance) throws {
      let (name, before) = ("\(store)/store.id", try Files.text("\(store)/store.id"))
      try #require(unlink(name) == 0)
      let refused = try instance.assay("store", "name", rights: [])
      #expect(refused.code == 1 && refused.errors.contains("mount its disk"), "\(refused.errors)")
      #expect(access(name, F_OK) != 0)
      try Files.write(name, Array(before.utf8))
      #expect(try instance.assay("store", "name", rights: []).code == 0)
      #expect(try Files.text(name) == before)
    }

    /// Somebody who has taken over a worker owns the folders of the store.
    @Test func rootFollowsNoLinkInTheStore() throws {
      try #require(geteuid() == 0, "This test changes users: run it as root.")
      let instance = try Instance()
      defer { try? instance.stop() }
      let store = "\(instance.state)/store"
      let home = try TemporaryDirectory()
      defer { home.remove() }
      chmod(home.path, 0o755)
      try home.write("file", "text")
      let before = facts(home.path)
      #expect(before.st_uid == 0 && facts(store).st_uid != 0)
      // Without one of the folders all are made.
      for folder in ["tmp", "arriving"] {
        try #require(rename("\(store)/\(folder)", "\(store)/\(folder)~") == 0)
        symlink(home.path, "\(store)/\(folder)")
      }
      try #require(rmdir("\(store)/damaged") == 0)
      let checked = try instance.assay("fsck", "--repair", "--age", "0")
      #expect(checked.text.contains("leftover"), "\(checked.text) \(checked.errors)")
      #expect(try Files.names(in: home.path) == ["file"])
      let after = facts(home.path)
      #expect(after.st_uid == 0 && after.st_gid == before.st_gid)
      #expect(after.st_mode == before.st_mode)
      // Files that root makes belong to the service's user.
      #expect(facts("\(store)/damaged").st_uid == facts(store).st_uid)
    }

    private func facts(_ path: String) -> stat {
      var facts = stat()
      lstat(path, &facts)
      return facts
    }

    private func wait(for what: String, until isSo: () -> Bool) throws {
      for _ in 0..<3000 where !isSo() { usleep(10_000) }
      try #require(isSo(), "not within 30 s: \(what)")
    }
  }
}

extension Instance {
  fileprivate func assay(_ words: String..., rights: [String]) throws -> Finished {
    let script = """
      unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no
      set -a; . "$0/assay.env"; exec "$@"
      """
    return try Program.run(["bash", "-c", script, state, "\(state)/bin/assay"] + words + rights)
  }
}
