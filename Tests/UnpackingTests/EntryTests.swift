import Imaging
import Support
import Testing

extension UnpackingTests {
  /// A bad file is one error; all other files are complete.
  @Suite struct Entries {
    /// The error of a bad file between two good ones.
    private func fault(of bad: Zip.File, _ reader: ArchiveReader = reader) throws -> String? {
      let found = try reader.contents(of: Zip([.init("first"), bad, .init("last")]))
      #expect(found.names == ["first", EntryName.cleaned(bad.text), "last"])
      #expect(found.texts == ["data", "-", "data"])
      #expect(found.stopped == nil)
      return found.faults.first
    }

    @Test func aWrongChecksumIsRefused() throws {
      var bad = Zip.File("bad")
      bad.checksum = 1
      // Small files are checked before they begin.
      #expect(try fault(of: bad)?.hasSuffix(damaged) == true)
      bad = Zip.File("bad", [UInt8](repeating: 1, count: 300_000))
      bad.checksum = 1
      #expect(try fault(of: bad) == "broken: \(damaged)")
    }

    @Test func wrongSizesAreRefused() throws {
      var bad = Zip.File("bad")
      bad.size = 3
      #expect(try fault(of: bad)?.hasSuffix(damaged) == true)
      bad.size = 5
      #expect(try fault(of: bad)?.hasSuffix(damaged) == true)
      bad.size = 0
      #expect(try fault(of: bad)?.hasSuffix(damaged) == true)
    }

    @Test func truncatedDataAreRefused() throws {
      var bad = Zip.File("bad")
      (bad.size, bad.packedSize) = (4_000, 4_000)
      bad.isGhost = true
      bad.offset = 0
      #expect(try reader.contents(of: Zip([.init("a"), bad])).faults == [incomplete])
      bad = Zip.File("bad", [UInt8](repeating: 1, count: 100))
      bad.packed = [0xED, 0xC1]
      bad.method = 8
      #expect(try fault(of: bad)?.hasSuffix(damaged) == true)
    }

    @Test func randomDataAreRefused() throws {
      for method in [8, 9, 12, 14, 93, 95, 98] {
        var bad = Zip.File("bad", [UInt8](repeating: 0xFF, count: 5000))
        bad.method = method
        #expect(try fault(of: bad) != nil, "method \(method)")
      }
    }

    @Test(arguments: [1, 6, 7, 10, 18, 97, 255, 65_535])
    func anUnknownMethodIsRefused(method: Int) throws {
      var bad = Zip.File("bad")
      bad.method = method
      #expect(try fault(of: bad) == "The file's compression method is not supported.")
    }

    /// The flag of strong encryption alone is enough, though valid archives set both.
    @Test func encryptedFilesAreRefused() throws {
      let sentence = "The file is encrypted in the archive."
      for flags in [1, 0x40, 0x41] {
        var bad = Zip.File("bad")
        bad.flags = flags
        #expect(try fault(of: bad) == sentence)
      }
      var bad = Zip.File("bad")
      bad.method = 99
      #expect(try fault(of: bad) == sentence)
    }

    @Test(arguments: [1, 4, 1 << 31, 0xFFFF_FFFF])
    func aPositionWithoutAFileIsRefused(offset: Int) throws {
      var bad = Zip.File("bad")
      bad.isGhost = true
      bad.offset = offset
      #expect(try fault(of: bad) == incomplete)
    }

    @Test func aWidePositionWithoutAFileIsRefused() throws {
      for offset in [Int.max, -1, 1 << 40] {
        var bad = Zip.File("bad")
        bad.isGhost = true
        bad.offset = 0xFFFF_FFFF
        bad.extra = little(1, 2) + little(8, 2) + little(offset, 8)
        #expect(try fault(of: bad) == incomplete)
      }
    }

    @Test func damagedExtraFieldsAreIgnored() throws {
      for extra in [[1], [1, 0], little(1, 2) + little(60_000, 2), little(1, 2) + little(0, 2)] {
        var odd = Zip.File("odd")
        odd.extra = extra
        #expect(try reader.contents(of: Zip([odd])).texts == ["data"])
      }
    }

    @Test func theSizeOfAFileIsLimited() throws {
      let reader = ArchiveReader(
        executable: unpacker, limits: ArchiveLimits(entryBytes: 1 << 20, wallSeconds: 10))
      let most = [UInt8](repeating: 3, count: 1 << 20)
      #expect(try reader.contents(of: Zip([.init("a", most)])).entries[0].verdict == .whole(most))
      #expect(
        try fault(of: .init("bad", most + [3]), reader) == "The file is larger than 1048576 bytes.")
    }

    @Test func sameNamesAreTwoFiles() throws {
      let found = try reader.contents(of: Zip([.init("a", [65]), .init("a", [66])]))
      #expect(found.names == ["a", "a"])
      #expect(found.texts == ["A", "B"])
    }

    @Test func filesThatShareBytesAreRefused() throws {
      var twin = Zip.File("twin")
      twin.isGhost = true
      twin.offset = 0
      let found = try reader.contents(of: Zip([.init("a"), twin, .init("b")]))
      #expect(found.faults == [overlapping, overlapping])
      #expect(found.texts == ["-", "-", "data"])
    }

    @Test func archivesInsideAreRefused() throws {
      let marks: [[UInt8]] = [
        Zip([.init("a")]).bytes, Zip().bytes, [0x1F, 0x8B, 8],
        [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C],
        Array("Rar!".utf8) + [0x1A, 7, 0], [UInt8](repeating: 0, count: 257) + Array("ustar".utf8),
      ]
      for mark in marks {
        #expect(try fault(of: .init("photo.jpg", mark)) == nested)
      }
    }

    @Test func linksAndDevicesAreRefused() throws {
      let kinds = [0o120777, 0o020666, 0o060666, 0o010666, 0o140666]
      let files = kinds.map { kind in
        var file = Zip.File("special", Array("/etc/passwd".utf8))
        file.attributes = kind << 16
        return file
      }
      let found = try reader.contents(of: Zip(files + [Zip.File("a.jpg")]))
      #expect(found.faults == [String](repeating: special, count: kinds.count))
      #expect(found.texts.last == "data")
    }

    @Test func systemFilesAreSkipped() throws {
      var folder = Zip.File("dos", [])
      (folder.host, folder.attributes) = (0, 0x10)
      let names = [
        "folder/", "__MACOSX/._a.jpg", "a/__MACOSX/b", ".DS_Store", "a/.DS_Store", "Thumbs.db",
        "a\\THUMBS.DB", "b/._c.jpg", "Desktop.ini",
      ]
      let files = [folder] + names.map { Zip.File($0) } + [Zip.File("a.jpg")]
      let found = try reader.contents(of: Zip(files))
      #expect(found.names == ["a.jpg"])
      #expect(found.stopped == nil)
    }
  }
}

extension Zip.File {
  var text: String { String(decoding: name, as: UTF8.self) }
}
