import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Quality control of real photographs; its worker is killed at random moments.
  ///
  /// `.dev/endure` runs it with a chosen number of pictures and kills.
  @Suite struct KilledQualityTests {
    private static let pictures = setting("ASSAY_QC_PICTURES") ?? 150
    private static let kills = setting("ASSAY_QC_KILLS") ?? 5
    private static let patience = 120 + pictures

    private static func setting(_ name: String) -> Int? {
      getenv(name).flatMap { Int(String(cString: $0)) }
    }

    @Test func killedWorkersChangeNoResult() throws {
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      let pictures = try Photographs.make(Self.pictures, in: folder)
      let instance = try Instance.running()
      // Two organizations: within one, the second run would find the first one's pictures as
      // copies.
      let calm = try job(pictures, instance)
      try calm.runQuality()
      let steps = try watch(calm)
      #expect(steps.count > 3 && steps == steps.sorted(), "\(steps)")
      let expected = try results(calm)
      #expect(expected.count { $0.contains("near_duplicate") } > Self.pictures / 10)

      let disturbed = try job(pictures, instance)
      try disturbed.runQuality()
      try expectOneRun(disturbed)
      try cancel(disturbed)
      try disturbed.runQuality()
      try kill(disturbed)
      try finish(disturbed)
      let found = try results(disturbed)
      #expect(found.count == expected.count)
      for (one, other) in zip(found, expected) where one != other {
        Issue.record("\(one) instead of \(other)")
      }
    }

    private func job(_ pictures: [WebFile], _ instance: Instance) throws -> Job {
      let job = try Job(instance, token: try instance.newCustomer())
      for start in stride(from: 0, to: pictures.count, by: 50) {
        let answer = try job.upload(Array(pictures[start..<min(start + 50, pictures.count)]))
        try #require(try answer.json["errors"].elements.isEmpty, "\(answer.text)")
      }
      try #require(try job.uploads().count == pictures.count)
      try job.forgetInspections()
      return job
    }

    private func progress(_ job: Job) throws -> JSON {
      try job.instance.send("GET", "/requests/\(job.request)/qc", token: job.token).json
    }

    /// Waits for the end; returns the progress that was seen.
    private func watch(_ job: Job) throws -> [Int] {
      var steps: [Int] = []
      try job.instance.wait(seconds: Self.patience, for: "the end of quality control") {
        let now = try progress(job)
        let done = try now["done"].int
        if steps.last != done { steps.append(done) }
        guard try now["state"].string != "completed" else { return true }
        if done > 0 { #expect(try now["rate"].double > 0 && now["seconds_left"].int > 0) }
        return false
      }
      return steps
    }

    private func finish(_ job: Job) throws {
      _ = try watch(job)
      let end = try progress(job)
      #expect(try end["done"].int == Self.pictures && end["failed"].int == 0)
    }

    private func expectOneRun(_ job: Job) throws {
      let path = "/requests/\(job.request)/qc/run"
      expectProblem(try job.instance.send("POST", path, token: job.token), 409)
    }

    private func cancel(_ job: Job) throws {
      try job.instance.wait(for: "the first pictures") { try progress(job)["done"].int > 0 }
      let path = "/requests/\(job.request)/qc/cancel"
      let answer = try job.instance.send("POST", path, token: job.token)
      try #require(try answer.json["state"].string == "cancelled")
    }

    /// Kills workers shortly after so many pictures are done.
    private func kill(_ job: Job) throws {
      // The second half is the time in which a kill must come before the job is over.
      let last = Self.pictures / 2
      var chance = Chance()
      let points = (0..<Self.kills).map { _ in Int.random(in: 0...last, using: &chance) }
      for point in points.sorted() {
        try job.instance.wait(seconds: Self.patience, for: "\(point) pictures") {
          try progress(job)["done"].int >= point
        }
        usleep(UInt32.random(in: 0...50_000, using: &chance))
        let worker = try #require(try job.instance.processes().workers.first)
        try #require(try progress(job)["state"].string == "running", "it was over too soon")
        try #require(Glibc.kill(worker, SIGKILL) == 0)
        try job.instance.wait(for: "another worker") {
          try job.instance.processes().workers.first.map { $0 != worker } ?? false
        }
        try Database.freeChunks(of: worker, job.instance)
      }
    }

    /// All results in the order of names, without ids.
    private func results(_ job: Job) throws -> [String] {
      let names = Dictionary(
        uniqueKeysWithValues: try job.uploads().map {
          (try $0["image_id"].string, try $0["filename"].string)
        })
      func named(_ path: String) throws -> [String] {
        let answer = try job.instance.send(
          "GET", "/requests/\(job.request)/qc/\(path)", token: job.token)
        return try answer.json.elements.map { try described($0, names) }.sorted()
      }
      return try named("results") + named("clusters")
    }

    /// A JSON value as text, with names instead of ids and without links.
    private func described(_ json: JSON, _ names: [String: String]) throws -> String {
      switch json {
      case .string(let text): return names[text] ?? text
      case .array(let elements):
        return "[\(try elements.map { try described($0, names) }.joined(separator: " "))]"
      case .object(let members):
        let pairs = try members.filter { $0.key != "preview_url" }.map {
          "\($0.key): \(try described($0.value, names))"
        }
        return pairs.sorted().joined(separator: ", ")
      default: return "\(json)"
      }
    }
  }
}
