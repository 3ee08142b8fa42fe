import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Workers die during quality control.
  @Suite struct WorkerTests {
    @Test func killedWorkerChangesNoResult() throws {
      let instance = try Instance.running()
      let pictures = try pictures(instance)
      // Two organizations: within one, the second run would find the first one's pictures as
      // copies.
      let calm = try job(pictures, instance)
      try calm.runQuality()
      let expected = try results(calm)
      #expect(expected.count == 60)
      #expect(expected.count { $0.contains("near_duplicate") } == 40)

      let disturbed = try job(pictures, instance)
      try disturbed.runQuality()
      var worker = try #require(try instance.processes().workers.first)
      var chance = Chance()
      for _ in 0..<3 {
        try #require(try disturbed.progress() != nil, "the run was over before the worker died")
        worker = try replace(worker, instance, &chance)
      }
      kill(worker, SIGCONT)
      #expect(try results(disturbed) == expected)
      let row = try instance.send(
        "GET", "/requests/\(disturbed.request)/qc", token: disturbed.token)
      #expect(try row.json["done"].int == 60 && row.json["failed"].int == 0)
    }

    /// Sixty photographs; the last twenty are the first ones, saved again.
    private func pictures(_ instance: Instance) throws -> [WebFile] {
      let photos = try (0..<40).map {
        try Images.jpeg(of: Pictures.png(seed: UInt64($0)), scale: 16, instance)
      }
      let copies = try photos.prefix(20).map(Images.recompressed)
      return (photos + copies).enumerated().map { WebFile("\($0.offset).jpg", at: $0.element) }
    }

    private func job(_ pictures: [WebFile], _ instance: Instance) throws -> Job {
      let job = try Job(instance, token: try instance.newCustomer())
      let answer = try job.upload(pictures)
      try #require(try answer.json["uploaded"].int == pictures.count)
      try job.forgetInspections()
      return job
    }

    /// The results in the order of names, without ids.
    private func results(_ job: Job) throws -> [String] {
      let names = Dictionary(
        uniqueKeysWithValues: try job.uploads().map {
          (try $0["image_id"].string, try $0["filename"].string)
        })
      return try job.finishQuality().map { row in
        let name = names[try row["image_id"].string, default: "?"]
        let flags = try row["flags"].elements.map { try $0.string }
        let scores = try (row["duplicate_score"].double, row["ai_generated_score"].double)
        return "\(name) \(scores) \(flags)"
      }.sorted()
    }

    /// Kills a running worker; returns its successor, which is stopped until SIGCONT.
    private func replace(
      _ victim: pid_t, _ instance: Instance, _ chance: inout Chance
    ) throws -> pid_t {
      kill(victim, SIGCONT)
      usleep(UInt32.random(in: 10_000...100_000, using: &chance))
      kill(victim, SIGKILL)
      var successor: pid_t?
      try instance.wait(for: "another worker") {
        successor = try instance.processes().workers.first { $0 != victim }
        return successor != nil
      }
      let worker = try #require(successor)
      kill(worker, SIGSTOP)
      try Database.freeChunks(of: victim, instance)
      return worker
    }
  }
}
