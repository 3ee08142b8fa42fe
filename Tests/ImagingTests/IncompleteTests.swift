import Imaging
import Testing

extension DecoderTests {
  /// JPEG files with truncated data and an end mark: decoders warn, and fill the rest with gray.
  @Suite struct Incomplete {
    struct Kind: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let space: String
      let options: [String]

      init(_ name: String, _ space: String, _ options: String...) {
        (testDescription, self.space, self.options) = (name, space, options)
      }
    }

    static let kinds = [
      Kind("baseline", "srgb"), Kind("gray", "b-w"), Kind("four inks", "cmyk"),
      Kind("not subsampled", "srgb", "--subsample-mode", "off"),
      Kind("progressive", "srgb", "--interlace"),
      Kind("progressive gray", "b-w", "--interlace"),
      Kind("restarts", "srgb", "--restart-interval", "5"),
    ]

    private static let end: [UInt8] = [0xff, 0xd9]
    private let pool = DecoderTests.pool

    private func jpeg(_ kind: Kind, width: Int = 160, height: Int = 128) throws -> [UInt8] {
      let source = try Fixture(
        "colourspace", of: scene(3, width: width, height: height), name: "a.v", [kind.space])
      return try Fixture("jpegsave", of: source, name: "a.jpg", ["--strip"] + kind.options).bytes
    }

    /// The offsets of markers of a kind.
    private func places(_ markers: ClosedRange<UInt8>, _ file: [UInt8]) -> [Int] {
      file.indices.dropLast().filter { file[$0] == 0xff && markers.contains(file[$0 + 1]) }
    }

    private func missing(_ file: [UInt8]) throws -> Int {
      #expect(try pool.verify(file, as: .jpeg).type == .jpeg)
      let rows = try #require(try pool.inspect(file).rows)
      return rows.missing
    }

    @Test(arguments: kinds) func completeFilesLackNoRows(_ kind: Kind) throws {
      let file = try jpeg(kind)
      #expect(try pool.inspect(file).rows == StoredRows(all: 128, missing: 0))
      // Nor bytes after its end.
      #expect(try missing(file + [1, 2, 3]) == 0)
    }

    @Test(arguments: kinds) func truncatedAndClosedFilesLackRows(_ kind: Kind) throws {
      let file = try jpeg(kind)
      let scan = try #require(places(0xda...0xda, file).first)
      let lengths = [0.3, 0.6, 0.9].map { scan + 14 + Int(Double(file.count - scan - 16) * $0) }
      let found = try lengths.map { length in
        let cut = file.prefix(length)
        return try missing((cut.last == 0xff ? cut.dropLast() : cut) + Self.end)
      }
      #expect(found.allSatisfy { (1...128).contains($0) }, "\(found)")
      #expect(found == found.sorted(by: >), "\(found)")
      if !kind.options.contains("--interlace") { #expect(found[0] > found[2], "\(found)") }
    }

    /// The header declares 50 rows more than there are.
    @Test(arguments: ["b-w", "srgb"]) func rowsOnlyInTheHeaderAreMissing(_ space: String) throws {
      var file = try jpeg(Kind("", space))
      let frame = try #require(places(0xc0...0xc0, file).first)
      file[frame + 6] += 50
      #expect(try pool.inspect(file).rows == StoredRows(all: 178, missing: 50))
    }

    /// A row of blocks without its end; the next begins after a restart marker.
    @Test func dataGoesOnAfterARestart() throws {
      let whole = try jpeg(Kind("", "b-w", "--restart-interval", "20"))
      let restarts = places(0xd0...0xd7, whole)
      try #require(restarts.count == 15)
      let half = restarts[4] + (restarts[5] - restarts[4]) / 2
      let cut = whole[..<half] + whole[restarts[5]...]
      #expect(try missing(Array(cut)) == 8)
    }

    @Test func announcedPassesThatAreMissingAreFound() throws {
      let whole = try jpeg(Kind("", "srgb", "--interlace"))
      let scans = places(0xda...0xda, whole)
      try #require(scans.count > 5)
      // Tables of a pass may precede it.
      for scan in scans.dropFirst() {
        #expect(try missing(whole[..<scan] + Self.end) == 128)
      }
    }

    /// One component of three, each in a scan of its own.
    @Test func aComponentWithoutAScanIsFound() throws {
      let whole = try jpeg(Kind("", "srgb", "--interlace"))
      let frame = try #require(places(0xc2...0xc2, whole).first)
      #expect(whole[frame + 9] == 3)
      let gray = try jpeg(Kind("", "b-w"))
      let place = try #require(places(0xc0...0xc0, gray).first)
      // The frame of three components, the scan of the first.
      var file = Array(gray[..<place]) + whole[frame..<frame + 19] + gray[(place + 13)...]
      file[place + 1] = 0xc0
      file[place + 11] = 0x11
      for component in [14, 17] { file[place + component] = 0x11 }
      for table in [12, 15, 18] { file[place + table] = 0 }
      #expect(try pool.inspect(file).rows == StoredRows(all: 128, missing: 128))
    }
  }
}
