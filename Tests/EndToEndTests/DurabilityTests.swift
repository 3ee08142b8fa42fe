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

    @Test func previewsAreSafeBeforeTheirRow() throws {
      let instance = try Instance.running()
      let job = try Job(instance)
      for _ in 0..<2 {
        try job.uploadPictures(1)
        _ = try job.previews()
      }
      let trace = try Trace(of: instance.processes().workers, instance)
      try job.uploadPictures(1)
      _ = try job.previews()
      let calls = try trace.finish()

      let commit = try #require(calls.first { $0.text.hasPrefix("sendto(") && $0.has("commit") })
      let database = commit.text.prefix { $0 != "," } + ","
      let order = calls.compactMap { call -> String? in
        if call.text.hasPrefix("fsync(") { return "fsync \(call.result)" }
        if call.text.hasPrefix("rename") { return "rename \(call.result)" }
        if call.opens("/store/tmp/") { return "file" }
        if call.opens("/store/previews/") { return "folder" }
        return call.text.hasPrefix(database) ? "statement" : nil
      }
      // The picture's folder may be new, and then its parents were synced.
      let made = try #require(order.firstIndex(of: "rename 0"))
      #expect(order[..<made].suffix(2) == ["fsync 0", "fsync 0"], "\(order)")
      #expect(order[..<made].count { $0 == "file" } == 2)
      let rest = ["rename 0", "rename 0", "folder", "fsync 0", "statement"]
      #expect(Array(order[made...].prefix(rest.count)) == rest, "\(order)")
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
  }

  /// Attaches to all threads of the processes.
  init(of processes: [pid_t], _ instance: Instance) throws {
    path = try instance.file([])
    let calls = "openat,write,fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg,recvfrom"
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
