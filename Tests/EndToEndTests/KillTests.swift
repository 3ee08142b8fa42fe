import Glibc
import HTTP
import Support
import Synchronization
import Testing

extension EndToEnd {
  /// Every kind of process is killed while pictures are uploaded.
  @Suite struct KillTests {
    /// A picture that was answered with 200, and its bytes.
    private struct Taken: Sendable {
      let name: String
      let bytes: [UInt8]
    }

    @Test func answeredRequestsAreNotLost() throws {
      let instance = try Instance()
      defer { try? instance.stop() }
      let job = try Job(instance)
      let taken = Mutex<[Taken]>([])
      let load = Load(threads: 4) { number in
        let name = "\(number)-\(UInt64.random(in: 0...UInt64.max)).png"
        let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max), width: 64, height: 64)
        let path = try instance.file(bytes)
        defer { unlink(path) }
        let answer = try job.upload([WebFile(name, at: path)])
        if answer.status == 200 { taken.withLock { $0.append(Taken(name: name, bytes: bytes)) } }
        return answer
      }
      defer { _ = load.stop() }
      for victim in Victim.allCases {
        let before = taken.withLock { $0.count }
        try instance.wait(for: "uploads before \(victim)") {
          taken.withLock { $0.count } > before + 4
        }
        try victim.kill(instance, job)
        let after = taken.withLock { $0.count }
        try instance.wait(for: "uploads after \(victim)") {
          taken.withLock { $0.count } > after + 4
        }
      }
      let tally = load.stop()
      // 0: the connection broke. All other answers of nginx or the pool are a sentence.
      #expect(Set(tally.statuses.keys).isSubset(of: [0, 200, 400, 500, 502, 503, 504]))
      #expect(tally.statuses[200, default: 0] > 40, "\(tally.statuses)")
      try expectAll(taken.withLock { $0 }, job)
      try expectSweptClean(instance)
    }

    /// Checks that each has its row and the bytes that were sent.
    private func expectAll(_ taken: [Taken], _ job: Job) throws {
      let rows = try Dictionary(
        uniqueKeysWithValues: job.uploads().map { (try $0["filename"].string, $0) })
      let lost = taken.filter { rows[$0.name] == nil }
      #expect(lost.isEmpty, "\(lost.map(\.name))")
      for one in taken {
        guard let row = rows[one.name] else { continue }
        let path = "/api/files/\(try row["image_id"].string)/download"
        let answer = try job.instance.send("GET", path, token: job.token)
        #expect(answer.status == 200 && answer.body == one.bytes, "\(one.name)")
      }
    }

    /// Checks that no row is without its file, and that files without a row are found and removed.
    private func expectSweptClean(_ instance: Instance) throws {
      let found = try instance.assay("fsck", "--age", "0", "--repair").text
      for line in found.split(separator: "\n").dropLast() {
        #expect(line.hasPrefix("orphan ") || line.hasPrefix("leftover "), "\(line)")
      }
      let again = try instance.assay("fsck", "--age", "0")
      #expect(again.code == 0, "\(again.text) \(again.errors)")
    }
  }
}

/// The process to kill.
private enum Victim: CaseIterable {
  case api, worker, decoder, nginxWorker, backend, postmaster

  func kill(_ instance: Instance, _ job: Job) throws {
    let processes = try instance.processes()
    switch self {
    case .api:
      try end(#require(processes.api.first))
      try replaced(processes, instance)
    case .worker:
      // The worker is at work: another one soon takes over its chunk.
      _ = try? job.runQuality()
      try end(#require(processes.workers.first))
      try replaced(processes, instance)
    case .decoder:
      var decoder: pid_t?
      try instance.wait(for: "a decoder") {
        decoder = processes.api.flatMap(Kernel.children).first
        return decoder != nil
      }
      try end(#require(decoder))
    case .nginxWorker:
      try end(#require(Kernel.children(of: pid("\(instance.state)/pids/nginx")).first))
    case .backend:
      let backends = try Database.run(
        "select pid from pg_stat_activity where usename = 'assay_app'", instance)
      try end(#require(backends.split(separator: "\n").first.flatMap { pid_t($0) }))
    case .postmaster:
      try end(pid("\(instance.state)/postgres/data/postmaster.pid"))
      let up = try instance.script("up", "--quiet")
      #expect(up.code == 0, "\(up.errors)")
    }
  }

  private func end(_ pid: pid_t) throws { try #require(Glibc.kill(pid, SIGKILL) == 0) }

  private func replaced(_ before: PoolProcesses, _ instance: Instance) throws {
    try instance.wait(for: "a new process") {
      let now = try instance.processes()
      return now != before && now.api.count == before.api.count
        && now.workers.count == before.workers.count
    }
  }

  private func pid(_ file: String) throws -> pid_t {
    let line = try Files.text(file).prefix { $0 != "\n" }
    return try #require(pid_t(line))
  }
}
