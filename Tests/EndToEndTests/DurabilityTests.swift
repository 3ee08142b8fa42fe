import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Data is on the disk before the answer 200.
  @Suite struct DurabilityTests {
    @Test func databaseSettingsAreDurable() throws {
      let instance = try Instance.running()
      let settings = try Database.run(
        "show fsync; show synchronous_commit; show full_page_writes; show data_checksums;",
        instance)
      #expect(settings == "on\non\non\non\n")
    }

    @Test func fileAndRowAreSafeBeforeTheAnswer() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      // Each process has now done all that it does once.
      for _ in 0..<4 { try job.uploadPictures(1) }
      let trace = try Trace(of: instance.processes().api, instance)
      try job.uploadPictures(1)
      let calls = try trace.finish()

      let created = try #require(calls.first { $0.opens("/store/tmp/") && $0.has("O_CREAT") })
      let own = calls.filter { $0.thread == created.thread }
      func place(_ what: String, _ isIt: (Trace.Call) -> Bool) throws -> Int {
        let index = own.firstIndex(where: isIt)
        return try #require(index, "no \(what) among \(own.map(\.text))")
      }
      let file = created.result
      let writes = own.indices.filter { own[$0].text.hasPrefix("write(\(file), ") }
      let fsync = try place("fsync") { $0.text == "fsync(\(file)) = 0" }
      let rename = try place("rename") { $0.text.hasPrefix("rename") && $0.has("/store/blobs/") }
      let opened = try place("opened folder") { $0.opens("/store/blobs/") && $0.has("O_DIRECTORY") }
      let folder = try place("fsync of the folder") {
        $0.text == "fsync(\(own[opened].result)) = 0"
      }
      let commit = try place("commit") { $0.text.hasPrefix("sendto(") && $0.has("commit") }
      let committed = try place("word of the commit") {
        $0.text.hasPrefix("recvfrom(") && $0.has("COMMIT")
      }
      let answer = try place("answer") { $0.has("Status: 200") }
      let lastWrite = try #require(writes.filter { $0 < fsync }.last)
      let order = [lastWrite, fsync, rename, opened, folder, commit, committed, answer]
      #expect(order == order.sorted(), "\(own.map(\.text))")
      #expect(own[rename].result == "0")
    }

    /// Few texts are synced one by one, many with their whole file system.
    @Test(arguments: [3, 40]) func textsAreSafeBeforeTheAnswer(count: Int) throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      // Each process has now done all that it does once.
      for _ in 0..<4 { try job.uploadPictures(1) }
      let mark = UInt64.random(in: 0...UInt64.max)
      let lines = (0..<count).map { "\(mark) \($0)\n" }.joined()
      let file = try instance.file(Array(lines.utf8))
      let trace = try Trace(of: instance.processes().api, instance)
      let answer = try instance.send(
        "POST", "/api/upload?project=\(job.request)", token: job.token,
        files: [WebFile("a.txt", at: file)])
      #expect(try answer.json["uploaded"].int == count)
      let calls = try trace.finish()

      let first = try #require(calls.first { $0.names("/store/blobs/") })
      let own = calls.filter { $0.thread == first.thread }
      let names = own.indices.filter { own[$0].names("/store/blobs/") }
      #expect(names.count == count)
      let (begin, end) = (try #require(names.first), try #require(names.last))
      let commit = try #require(
        own.indices.first { $0 > end && own[$0].text.hasPrefix("sendto(") && own[$0].has("commit") }
      )
      guard count < 32 else {
        let synced = own.indices.filter { own[$0].text.hasPrefix("syncfs(") }
        #expect(synced.contains { $0 < begin } && synced.contains { (end..<commit).contains($0) })
        return
      }
      func isSynced(_ opened: Int, before end: Int) -> Bool {
        own[opened..<end].contains { $0.text == "fsync(\(own[opened].result)) = 0" }
      }
      for name in names {
        let path = try #require(own[name].text.firstMatch(of: /\/store\/tmp\/[0-9a-f]+/)).0
        let folder = try #require(own[name].text.firstMatch(of: /\/store\/blobs\/[0-9a-f]{2}/)).0
        #expect(
          own.indices.prefix(name).contains {
            own[$0].opens(String(path)) && isSynced($0, before: name)
          }, "\(own.map(\.text))")
        #expect(
          own.indices[name..<commit].contains {
            own[$0].opens(String(folder) + "\"") && isSynced($0, before: commit)
          }, "\(own.map(\.text))")
      }
    }

    @Test func previewsAreSafeBeforeTheirRow() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      // Each process has now done all that it does once.
      for _ in 0..<4 { try job.uploadPictures(1) }
      let trace = try Trace(of: instance.processes().api, instance)
      try job.uploadPictures(1)
      let calls = try trace.finish()

      let first = try #require(calls.first { $0.names("/store/previews/") })
      let own = calls.filter { $0.thread == first.thread }
      func isSynced(_ opened: Int, before end: Int) -> Bool {
        own[opened..<end].contains { $0.text == "fsync(\(own[opened].result)) = 0" }
      }
      let commit = try #require(
        own.firstIndex { $0.text.hasPrefix("sendto(") && $0.has("commit") })
      let names = own.indices.filter {
        own[$0].names("/store/previews/") && own[$0].has("/store/tmp/")
      }
      #expect(names.count == 2)
      for name in names {
        let file = try #require(own[name].text.firstMatch(of: /\/store\/tmp\/[0-9a-f]+/)).0
        #expect(
          own.indices.prefix(name).contains {
            own[$0].opens(String(file)) && isSynced($0, before: name)
          }, "\(own.map(\.text))")
      }
      let last = try #require(names.last)
      try #require(last < commit)
      #expect(
        own.indices[last..<commit].contains {
          own[$0].opens("/store/previews/") && isSynced($0, before: commit)
        }, "\(own.map(\.text))")
    }
  }
}

/// The system calls of several processes.
struct Trace {
  private let strace: Program
  private let path: String

  /// A completed system call.
  struct Call {
    let thread: Substring
    let text: String

    var result: Substring { text.split(separator: "= ").last?.prefix { $0 != " " } ?? "" }
    func has(_ part: String) -> Bool { text.contains(part) }
    func opens(_ part: String) -> Bool { text.hasPrefix("openat(") && has(part) }
    /// Whether it gives a file a path with this part.
    func names(_ part: String) -> Bool {
      (text.hasPrefix("rename") || text.hasPrefix("link")) && has(part) && result == "0"
    }
  }

  /// Attaches to all threads of the processes.
  init(of processes: [pid_t], _ instance: Instance) throws {
    path = try instance.file([])
    let calls =
      "openat,write,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,sendto,sendmsg,recvfrom"
    strace = try Program(
      ["strace", "-f", "-s", "400", "-o", path, "-e", "trace=\(calls)"]
        + processes.flatMap { ["-p", "\($0)"] })
    try instance.wait(for: "strace") {
      try processes.allSatisfy { pid in
        try Files.names(in: "/proc/\(pid)/task").allSatisfy { thread in
          let status = try Files.text("/proc/\(pid)/task/\(thread)/status")
          return !status.contains("TracerPid:\t0\n")
        }
      }
    }
  }

  /// Detaches; returns the calls in the order in which they returned.
  func finish() throws -> [Call] {
    kill(strace.pid, SIGINT)
    _ = try strace.finish()
    var begun: [Substring: String] = [:]
    return try Files.text(path).split(separator: "\n").compactMap { line in
      let thread = line.prefix { $0 != " " }
      let text = String(line.dropFirst(thread.count).drop { $0 == " " })
      if let cut = text.firstRange(of: " <unfinished ...>") {
        begun[thread] = String(text[..<cut.lowerBound])
        return nil
      }
      guard text.hasPrefix("<... "), let cut = text.firstRange(of: " resumed>") else {
        return Call(thread: thread, text: Self.even(text))
      }
      let whole = (begun.removeValue(forKey: thread) ?? "") + text[cut.upperBound...]
      return Call(thread: thread, text: Self.even(whole))
    }
  }

  /// Replaces the spaces before a result, which align it, by one.
  private static func even(_ text: String) -> String {
    text.replacing(/\) +=/, with: ") =")
  }
}
