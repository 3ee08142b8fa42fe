import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// A picture kills every worker that inspects it.
  @Suite struct PoisonTests {
    @Test func onlyTheCrashingPictureIsCorrupt() throws {
      let instance = try Instance()
      defer { try? instance.stop() }
      let decoder = try poison(instance)
      let job = try Job(instance)
      try job.uploadPictures(9)
      let path = try instance.file(Pictures.png(seed: 50, text: "Comment\u{0}deadly nightshade"))
      try #require(try job.upload([WebFile("poison.png", at: path)]).status == 200)
      try Database.run(Undecoded.script, instance)
      try job.runQuality()
      try instance.wait(seconds: 180, for: "the end of quality control") {
        // A lease of a dead worker expires after twenty seconds; a statement ends it now.
        try Database.freeChunksOfTheDead(instance)
        return try job.progress() == nil
      }
      #expect(try decoder.deaths == 6)
      let names = try Dictionary(
        uniqueKeysWithValues: job.uploads().map {
          (try $0["image_id"].string, try $0["filename"].string)
        })
      let rows = try job.finishQuality()
      #expect(rows.count == 10)
      for row in rows {
        let isCorrupt = try row["flags"].elements.contains(.string("corrupt"))
        #expect(isCorrupt == (try names[row["image_id"].string] == "poison.png"))
      }
      // The worker survives.
      let next = try Job(instance)
      try next.uploadPictures(2)
      try next.runQuality()
      #expect(try next.finishQuality().count == 2)
      #expect(try decoder.deaths == 6)
    }

    /// Replaces the decoder by one that kills its caller.
    private func poison(_ instance: Instance) throws -> PoisonedDecoder {
      let folder = "\(instance.state)/bin"
      try #require(rename("\(folder)/assay-decode", "\(folder)/decode") == 0)
      let decoder = try PoisonedDecoder(
        in: folder, before: "\(folder)/decode", poison: "nightshade", victim: .asker)
      try #require(rename(decoder.path, "\(folder)/assay-decode") == 0)
      return decoder
    }
  }
}
