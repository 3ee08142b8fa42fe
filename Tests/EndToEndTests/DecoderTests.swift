import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Decoders die while they process a file.
  @Suite struct DecoderTests {
    @Test func killedDecoderFailsOneFileAtMost() throws {
      let instance = try Instance.running()
      try instance.unharmed {
        let job = try Job(instance)
        let api = try instance.processes().api
        let pictures = try (0..<8).map { number in
          let seed = UInt64.random(in: 0...UInt64.max)
          return try Images.jpeg(of: Pictures.png(seed: seed), scale: 16, instance)
        }
        let files = pictures.enumerated().map { WebFile("\($0.offset).jpg", at: $0.element) }
        let load = Load(threads: 2) { _ in try job.upload(files) }
        defer { _ = load.stop() }
        var killed = 0
        try instance.wait(for: "15 dead decoders and 6 uploads") {
          for child in api.flatMap(Kernel.children) where hasFile(child) {
            if kill(child, SIGKILL) == 0 { killed += 1 }
          }
          return killed >= 15 && load.count >= 6
        }
        let tally = load.stop()
        #expect(Set(tally.statuses.keys).isSubset(of: [200, 400]), "\(tally.faults.prefix(5))")
        // When no decoder is killed any more, every file is accepted.
        let answer = try job.upload(files)
        #expect(answer.status == 200)
        #expect(try answer.json["errors"].elements.isEmpty)
        #expect(try job.uploads().count == 8)
      }
    }

    /// Whether a decoder is processing a picture.
    private func hasFile(_ child: pid_t) -> Bool {
      Kernel.files(of: child).contains { $0.contains("/store/tmp/") }
    }
  }
}
