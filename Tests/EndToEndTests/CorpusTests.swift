import HTTP
import Support
import Testing

extension EndToEnd {
  /// Hundreds of unusual images go through the whole service; each has an expected verdict.
  @Suite struct CorpusTests {
    /// The expected result for a file.
    private enum Verdict {
      case taken(width: Int, height: Int)
      case refused(String)
      case either(width: Int, height: Int, String)

      init(_ words: [String]) throws {
        switch (words.count, words.compactMap { Int($0) }) {
        case (2, let size) where size.count == 2: self = .taken(width: size[0], height: size[1])
        case (1, _): self = .refused(words[0])
        case (3, let size) where size.count == 2:
          self = .either(width: size[0], height: size[1], words[2])
        default: throw Unexpected(description: "no verdict: \(words)")
        }
      }
    }

    private struct Sample {
      let name: String
      let path: String
      let verdict: Verdict
    }

    /// Makes the corpus; its files live until the folder is removed.
    private static func samples(in folder: TemporaryDirectory) throws -> [Sample] {
      let made = try Program.run(
        ["python3", "-B", "\(Products.checkout)/Tests/Corpus/make.py", folder.path], seconds: 120)
      try #require(made.code == 0, "\(made.errors)")
      return try Files.text("\(folder.path)/verdicts.tsv").split(separator: "\n").map { line in
        let words = line.split(separator: "\t").map(String.init)
        return Sample(
          name: words[0], path: "\(folder.path)/\(words[0])",
          verdict: try Verdict(Array(words.dropFirst())))
      }
    }

    @Test func eachFileHasTheExpectedResult() throws {
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      let samples = try Self.samples(in: folder)
      #expect(samples.count > 400)
      let instance = try Instance.running()
      let job = try Job(instance, token: instance.newCustomer())
      try instance.unharmed {
        try instance.tidy {
          for start in stride(from: 0, to: samples.count, by: 100) {
            try judge(samples[start..<min(start + 100, samples.count)], job)
          }
        }
      }
    }

    private func judge(_ samples: ArraySlice<Sample>, _ job: Job) throws {
      let answer = try job.instance.send(
        "POST", "/api/upload?project=\(job.request)", token: job.token,
        files: samples.map { WebFile($0.name, at: $0.path) })
      try #require(answer.status == 201, "\(answer.text.prefix(300))")
      var sizes: [String: [Int]] = [:]
      for file in try answer.json["files"].elements {
        sizes[try file["filename"].string] = [try file["width"].int, try file["height"].int]
      }
      var reasons: [String: String] = [:]
      for error in try answer.json["errors"].elements {
        reasons[try error["filename"].string] = try error["reason"].string
      }
      for sample in samples {
        let found = "\(sizes[sample.name] ?? []) \(reasons[sample.name] ?? "")"
        switch sample.verdict {
        case .taken(let width, let height):
          #expect(sizes[sample.name] == [width, height], "\(sample.name): \(found)")
        case .refused(let reason):
          #expect(reasons[sample.name]?.contains(reason) == true, "\(sample.name): \(found)")
        case .either(let width, let height, let reason):
          #expect(
            sizes[sample.name] == [width, height]
              || reasons[sample.name]?.contains(reason) == true, "\(sample.name): \(found)")
        }
      }
    }

    @Test func theRootFaceAcceptsOnlyJPEGAndPNG() throws {
      let folder = try TemporaryDirectory()
      defer { folder.remove() }
      let names = ["87a.gif", "plain.webp", "bits-24.bmp", "gray-8-big.tif", "plain.jpg"]
      let samples = try Self.samples(in: folder).filter { names.contains($0.name) }
      let instance = try Instance.running()
      let job = try Job(instance, token: instance.newCustomer())
      let answer = try job.upload(samples.map { WebFile($0.name, at: $0.path) })
      try #require(answer.status == 200, "\(answer.text)")
      #expect(try answer.json["uploaded"].int == 1)
      let errors = try answer.json["errors"].elements
      #expect(try Set(errors.map { try $0["filename"].string }) == Set(names.dropLast()))
      for error in errors {
        #expect(try error["reason"].string == "The file is not a JPEG or PNG image.")
      }
    }
  }
}
