import Imaging
import Support
import Testing

extension UnpackingTests {
  /// The allowed and refused places of an archive's parts.
  @Suite struct Layout {
    private let two = [Zip.File("a.txt", Array("one".utf8)), Zip.File("b.txt", Array("two".utf8))]

    @Test func filesComeInOrder() throws {
      let found = try reader.contents(of: Zip(two))
      #expect(found.names == ["a.txt", "b.txt"])
      #expect(found.texts == ["one", "two"])
      #expect(found.stopped == nil)
    }

    @Test func theOrderIsThatOfTheDirectory() throws {
      var files = two
      (files[0].isGhost, files[1].isGhost) = (true, true)
      files[0].offset = two[1].local.count
      files[1].offset = 0
      var zip = Zip(files)
      zip.before = two[1].local + two[0].local
      // Offsets count from the first byte of the file here.
      zip.directoryOffset = zip.before.count
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test func anEmptyArchiveIsValid() throws {
      #expect(try reader.contents(of: Zip()) == Contents())
      var zip = Zip()
      zip.comment = Array("nothing".utf8)
      #expect(try reader.contents(of: zip) == Contents())
    }

    @Test func emptyFilesAreReturned() throws {
      #expect(try reader.contents(of: Zip([.init("a", []), .init("b")])).texts == ["", "data"])
    }

    @Test func bytesBeforeTheArchiveAreIgnored() throws {
      var zip = Zip(two)
      zip.before = [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 7, count: 200_000)
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
      zip.isZip64 = true
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test func bytesAfterTheArchiveAreIgnored() throws {
      var zip = Zip(two)
      for junk in [1, 70_000, 900_000] {
        zip.after = [UInt8](repeating: 0x50, count: junk)
        #expect(try reader.contents(of: zip).texts == ["one", "two"])
      }
    }

    @Test func bytesBetweenFilesAreIgnored() throws {
      var zip = Zip(two)
      zip.betweenDirectoryAndEnd = [1, 2, 3]
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test func aCommentMayLookLikeTheEnd() throws {
      var zip = Zip(two)
      zip.comment = [UInt8](repeating: 65, count: 40_000) + mark(5, 6) + little(0, 30)
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test func wideNumbersAreRead() throws {
      var zip = Zip(two)
      zip.isZip64 = true
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
      zip.files[0].extra = little(1, 2) + little(16, 2) + little(3, 8) + little(3, 8)
      (zip.files[0].size, zip.files[0].packedSize) = (0xFFFF_FFFF, 0xFFFF_FFFF)
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test func sizesAfterTheDataAreRead() throws {
      var zip = Zip(two)
      zip.files[0].hasDescriptor = true
      #expect(try reader.contents(of: zip).texts == ["one", "two"])
    }

    @Test(arguments: [
      [], [0], Array("PK".utf8), Array("plain text, no archive".utf8), mark(5, 6),
      mark(5, 6) + little(0, 10), [0x1F, 0x8B, 8, 0], [UInt8](repeating: 0x50, count: 2_000_000),
    ])
    func otherFilesAreRefused(bytes: [UInt8]) {
      #expect(throws: DecodeFailure.refused("This is not a ZIP archive.")) {
        try reader.contents(of: bytes)
      }
    }

    @Test func aTruncatedArchiveIsRefused() {
      let bytes = Zip(two).bytes
      for count in [30, 60, bytes.count - 1, bytes.count - 22] {
        #expect(
          throws: DecodeFailure.refused("The archive is truncated: its directory is missing.")
        ) { try reader.contents(of: Array(bytes.prefix(count))) }
      }
    }

    @Test func aPartOfASplitArchiveIsRefused() {
      var zip = Zip(two)
      zip.disk = 1
      #expect(throws: DecodeFailure.refused("This is one part of a split archive.")) {
        try reader.contents(of: zip)
      }
    }

    @Test func onlyFilesAreRead() {
      #expect(throws: DecodeFailure.refused("This is not a file.")) { try reader.read(0) { _ in } }
      #expect(throws: DecodeFailure.unavailable("The file is not open.")) {
        try reader.read(-1) { _ in }
      }
    }

    @Test(arguments: [0, 1, 3, 65_535])
    func anImpossibleCountIsReported(count: Int) throws {
      var zip = Zip(two)
      zip.count = count
      let found = try reader.contents(of: zip)
      #expect(found.texts == ["one", "two"])
      #expect(found.stopped == missing)
    }

    @Test func anImpossibleWideCountIsReported() throws {
      var zip = Zip(two)
      zip.isZip64 = true
      zip.count = Int.max
      #expect(try reader.contents(of: zip).stopped == missing)
    }

    @Test func aDamagedDirectoryIsReported() throws {
      var bytes = Zip(two).bytes
      let second = bytes.count - 22 - 46 - 5
      bytes[second] = 0
      let found = try reader.contents(of: bytes)
      #expect(found.texts == ["one"])
      #expect(found.stopped == missing)
    }

    @Test(arguments: [Int.max, Int.max - 5, -1, 1 << 40])
    func impossiblePositionsAreRefused(offset: Int) {
      var zip = Zip(two)
      zip.isZip64 = true
      zip.directoryOffset = offset
      #expect(throws: DecodeFailure.self) { try reader.contents(of: zip) }
      zip.directoryOffset = nil
      zip.directorySize = offset
      #expect(throws: DecodeFailure.self) { try reader.contents(of: zip) }
    }
  }

}
