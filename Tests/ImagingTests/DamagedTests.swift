import Glibc
import Imaging
import Support
import Testing

extension DecoderTests {
  /// The one pass over a JPEG file and libvips, which verified before, agree on damaged files.
  ///
  /// `ASSAY_DAMAGED=18000` tests this number of files and prints statistics.
  @Suite struct Damaged {
    private static let count = getenv("ASSAY_DAMAGED").flatMap { Int(String(cString: $0)) } ?? 300
    private static let savers = [
      ["--Q", "80"], ["--interlace"], ["--subsample-mode", "off"], ["--restart-interval", "7"],
      ["--interlace", "--subsample-mode", "off", "--Q", "95"], ["--Q", "98"],
    ]

    /// Photographs in small, coloured and gray; more than one of each way to write them.
    private static func wholes() throws -> [[UInt8]] {
      let run = try Program.run(["\(Products.checkout)/.dev/photos"])
      let folder = try #require(run.text.split(separator: "\n").last.map(String.init))
      let names = try Files.names(in: folder).filter { $0.hasSuffix(".jpg") }.prefix(6)
      return try names.enumerated().flatMap { index, name in
        let source = try Fixture(Files.bytes("\(folder)/\(name)"))
        let side = ["96", "200", "333"][index % 3]
        let small = try Fixture("thumbnail", of: source, name: "a.v", [side])
        let gray = try Fixture("colourspace", of: small, name: "b.v", ["b-w"])
        return try savers.map { options in
          try Fixture("jpegsave", of: small, name: "a.jpg", ["--strip"] + options).bytes
        } + [Fixture("jpegsave", of: gray, name: "b.jpg", ["--strip"]).bytes]
      }
    }

    @Test func bothDecodersAgree() throws {
      let wholes = try Self.wholes()
      try #require(wholes.count >= 14)
      let pool = DecoderTests.pool
      let session = pool.session()
      var (taken, incomplete) = (0, 0)
      for number in 0..<Self.count {
        var damage = Damage(seed: UInt64(number + 1))
        let file = try Fixture(damage.done(to: wholes[number % wholes.count]))
        let verdict = verdict { () throws(DecodeFailure) in
          try session.verify(file, as: nil)
        }
        let found = Result { () throws(DecodeFailure) in
          try session.examine(file.descriptor, as: nil, Examine.sides)
        }
        #expect(found.map(\.picture) == verdict, "file \(number)")
        guard case .success(let examination) = found else { continue }
        taken += 1
        let inspected = Result { () throws(DecodeFailure) in try session.inspect(file.descriptor) }
        #expect(examination.inspection.map(\.rows) == inspected.map(\.rows), "file \(number)")
        if case .success(let rows?) = inspected.map(\.rows), rows.missing > 0 { incomplete += 1 }
        #expect(throws: Never.self, "file \(number)") { try examination.previews.get() }
      }
      // Both kinds are there.
      #expect(taken > Self.count / 10 && taken < Self.count * 9 / 10)
      #expect(incomplete > 0)
      guard Self.count > 1000 else { return }
      print("\(Self.count) damaged files, \(taken) taken, \(incomplete) lack rows")
    }

    /// The pixels may be complete and the end missing, with or without zeros that a disk has added.
    @Test func bothDecodersAgreeOnTruncation() throws {
      let pool = DecoderTests.pool
      let session = pool.session()
      let source = try scene(5, width: 96, height: 80)
      for options in Self.savers {
        let whole = try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"] + options).bytes
        for (cut, zeros) in [(1, 0), (2, 0), (2, 1), (2, 4), (2, 9), (3, 0), (5, 4), (9, 0)] {
          let file = try Fixture(whole.dropLast(cut) + [UInt8](repeating: 0, count: zeros))
          let verdict = verdict { () throws(DecodeFailure) in try session.verify(file, as: nil) }
          let found = Result { () throws(DecodeFailure) in
            try session.examine(file.descriptor, as: nil, Examine.sides)
          }
          #expect(found.map(\.picture) == verdict, "\(options) \(cut) \(zeros)")
        }
      }
    }

    private func verdict(_ body: () throws(DecodeFailure) -> Picture)
      -> Result<Picture, DecodeFailure>
    {
      Result(catching: body)
    }
  }
}
