import Glibc
import Imaging
import Support
import Testing

extension UnpackingTests {
  /// Small archives that claim to be large, in bounded time: `reader` waits ten seconds.
  @Suite struct Bombs {
    @Test func oneDenseFileIsRefused() throws {
      let bomb = try Archive(
        python: """
          with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("zeros", bytes(15 << 20)); z.writestr("large", bytes(30 << 20))
            z.writestr("good", "data")
          """)
      let found = try reader.contents(of: bomb)
      #expect(
        found.faults == [
          "The file unpacks to more than 200 times its packed size.",
          "The file is larger than 20971520 bytes.",
        ])
      #expect(found.texts.last == "data")
    }

    @Test func aDenseFileWithAFalseSizeIsRefused() throws {
      let bomb = try Archive(
        python: """
          packer = zlib.compressobj(9, zlib.DEFLATED, -15)
          part = bytes(1 << 20)
          data = b"".join(packer.compress(part) for _ in range(1 << 10)) + packer.flush()
          facts = struct.pack("<IIIHH", 1, len(data), 1000, 1, 0)
          local = b"PK\\3\\4" + struct.pack("<HHHI", 20, 0, 8, 0) + facts + b"a"
          record = b"PK\\1\\2" + struct.pack("<HHHHI", 20, 20, 0, 8, 0) + facts
          record += struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a"
          end = b"PK\\5\\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(record), len(local + data), 0)
          open(path, "wb").write(local + data + record + end)
          """)
      #expect(try reader.contents(of: bomb).faults.first?.hasSuffix(damaged) == true)
    }

    @Test func manyDenseFilesAreRefused() throws {
      let bomb = try Archive(
        python: """
          with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for i in range(40): z.writestr(str(i), bytes(9 << 20))
          """)
      let found = try reader.contents(of: bomb)
      #expect(found.stopped == "The archive unpacks to more than 200 times its size.")
      #expect(found.faults == [])
    }

    @Test func tooManyBytesAreRefused() throws {
      let reader = ArchiveReader(
        executable: unpacker, limits: ArchiveLimits(totalBytes: 3 << 20, wallSeconds: 10))
      let file = Zip.File("a", [UInt8](repeating: 1, count: 1 << 20))
      let found = try reader.contents(of: Zip([file, file, file, file]))
      #expect(found.texts.count == 3)
      #expect(found.stopped == "The archive unpacks to more than 3 MB.")
    }

    @Test func tooManyFilesAreRefused() throws {
      let reader = ArchiveReader(
        executable: unpacker, limits: ArchiveLimits(entries: 3, wallSeconds: 10))
      let three = (0..<3).flatMap { [Zip.File("folder/"), Zip.File("\($0)")] }
      #expect(try reader.contents(of: Zip(three)).stopped == nil)
      let found = try reader.contents(of: Zip(three + [.init("4")]))
      #expect(found.texts == ["data", "data", "data"])
      #expect(found.stopped == "The archive contains more than 3 files.")
      let folders = (0..<31).map { Zip.File("\($0)/") }
      #expect(try reader.contents(of: Zip(folders)).stopped?.isEmpty == false)
    }

    @Test func aDirectoryOfMillionsIsRefused() throws {
      // 46 MB of records, none of which is a file.
      let bomb = try Archive(
        python: """
          record = b"PK\\1\\2" + bytes(26) + bytes(16)
          record = record[:28] + b"\\1\\0" + record[30:] + b"a"
          count = 1000000
          end = b"PK\\6\\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count,
            count * 47, 0)
          end += b"PK\\6\\7" + struct.pack("<IQI", 0, count * 47, 1)
          end += b"PK\\5\\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0)
          open(path, "wb").write(record * count + end)
          """)
      let found = try reader.contents(of: bomb)
      #expect(found.entries.count == 10_000)
      #expect(found.stopped == "The archive contains more than 10000 files.")
    }

    /// Fifield's bomb: each file's data begin with the next header, quoted, and all share one
    /// kernel.
    @Test func filesThatShareTheirBytesAreRefused() throws {
      let bomb = try Archive(
        python: """
          kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
          kernel = kernel.compress(bytes(20 << 20)) + kernel.flush()
          count, header = 2000, 30 + 4
          names = [b"%04d" % i for i in range(count)]
          body = b""
          spans = []
          packed, size = len(kernel), 20 << 20
          for name in reversed(names):
            local = b"PK\\3\\4" + struct.pack("<HHHIIIIHH", 20, 0, 8, 0, 0, packed, size, 4, 0) + name
            body = local + body if spans else local + kernel
            spans.append((name, len(body), packed, size))
            quote = struct.pack("<BHH", 0, header, header ^ 0xFFFF)
            body = quote + body
            packed, size = len(body), size + header
          total = len(body)
          record = b"".join(b"PK\\1\\2" + struct.pack("<HHHHIIIIHHHHHII", 20, 20, 0, 8, 0, 0, p, s,
            4, 0, 0, 0, 0, 0, total - end) + name for name, end, p, s in reversed(spans))
          end = b"PK\\5\\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(record), total, 0)
          open(path, "wb").write(body + record + end)
          """)
      let found = try reader.contents(of: bomb)
      #expect(found.faults == [String](repeating: overlapping, count: 2000))
    }

    @Test func archivesInArchivesAreRefused() throws {
      let bomb = try Archive(
        python: """
          def pack(name, data, count):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
              for i in range(count): z.writestr(name % i, data)
            return out.getvalue()
          data = bytes(1 << 20)
          for level in "page", "chapter", "book": data = pack(level + "%d.zip", data, 16)
          open(path, "wb").write(data)
          """)
      #expect(try reader.contents(of: bomb).faults == [String](repeating: nested, count: 16))
    }

    /// An archive whose only file is the archive itself.
    @Test func anArchiveThatContainsItselfIsRefused() throws {
      var file = Zip.File("itself.zip")
      file.data = Zip([file]).bytes
      let found = try reader.contents(of: Zip([file]))
      #expect(found.faults == [nested])
    }

    @Test func memoryIsBounded() throws {
      // LZMA with a dictionary of 4 GB.
      var greedy = Zip.File("a", [UInt8](repeating: 0, count: 3000))
      greedy.method = 14
      greedy.packed = [9, 20, 5, 0, 0x5D, 0xFF, 0xFF, 0xFF, 0xFF, 0] + little(0, 200)
      let found = try reader.contents(of: Zip([greedy, .init("b")]))
      #expect(found.faults.count == 1)
      #expect(found.texts == ["-", "data"])
    }

    @Test func anArchiveTimesOut() throws {
      // Slow to unpack, ten times.
      let bomb = try Archive(
        python: """
          data = os.urandom(5 << 20)
          with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as z:
            for i in range(10): z.writestr(str(i), data)
          """)
      let hasty = ArchiveReader(executable: unpacker, limits: ArchiveLimits(cpuSeconds: 0))
      #expect(throws: DecodeFailure.timedOut) { try hasty.contents(of: bomb) }
    }
  }
}
