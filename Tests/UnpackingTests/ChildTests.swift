import Glibc
import Imaging
import Support
import Testing

extension UnpackingTests {
  /// A child may crash or be slow, and leaves nothing behind.
  @Suite struct Child {
    private static let large = Zip(
      (0..<10).map { .init("\($0)", .init(repeating: 5, count: 1 << 19)) }
    ).bytes

    @Test func aCrashEndsTheArchive() throws {
      let archive = try Archive(Self.large)
      var found = Contents()
      #expect(throws: DecodeFailure.crashed) {
        try reader.read(archive.descriptor) { event in
          found.note(event)
          if found.entries.count == 3 { for child in children() { kill(child, SIGKILL) } }
        }
      }
      #expect(found.entries.count >= 3)
      #expect(found.entries.count < 10)
      #expect(children() == [])
    }

    @Test func aStoppedChildTimesOut() throws {
      let reader = ArchiveReader(executable: unpacker, limits: ArchiveLimits(wallSeconds: 1))
      let archive = try Archive(Self.large)
      #expect(throws: DecodeFailure.timedOut) {
        try reader.read(archive.descriptor) { event in
          if case .begin = event { for child in children() { kill(child, SIGSTOP) } }
        }
      }
      #expect(children() == [])
    }

    @Test func theCallerMayStop() throws {
      struct Enough: Error {}
      let archive = try Archive(Self.large)
      #expect(throws: Enough.self) {
        try reader.read(archive.descriptor) { event in
          if case .end = event { throw Enough() }
        }
      }
      #expect(children() == [])
    }

    @Test func theChildWaitsForTheCaller() throws {
      let archive = try Archive(Self.large)
      var written = 0
      try reader.read(archive.descriptor) { event in
        guard case .begin(let name) = event, name == "1" else { return }
        let child = try #require(children().first)
        // It sleeps in send: it uses no more of the archive and no more memory.
        try wait(for: "its sleep") { try state(of: child) == "S" }
        written = try figure("VmHWM", of: child)
      }
      #expect(written > 0)
      #expect(written < 64 << 10, "\(written) KB")
    }

    @Test func noProcessOrDescriptorRemains() throws {
      let before = try descriptors()
      for bytes in [Zip([.init("a")]).bytes, Zip().bytes, Self.large] {
        _ = try reader.contents(of: bytes)
      }
      for _ in 0..<20 { _ = try? reader.contents(of: [1, 2, 3]) }
      #expect(try descriptors() == before)
      #expect(children() == [])
    }

    @Test func theChildIsConfined() throws {
      let archive = try Archive(Self.large)
      try reader.read(archive.descriptor) { event in
        guard case .begin("0") = event else { return }
        let child = try #require(children().first)
        let status = try text("/proc/\(child)/status")
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("Seccomp:\t2"))
        let limits = try text("/proc/\(child)/limits").split(separator: "\n")
        let memory = try #require(limits.first { $0.hasPrefix("Max address space") })
        #expect(try memory.split(separator: " ")[at: 3] == "\(512 << 20)")
        #expect(try !text("/proc/\(child)/environ").contains("HOME="))
      }
    }

    @Test func theFileOffsetDoesNotChange() throws {
      let archive = try Archive(Self.large)
      lseek(archive.descriptor, 5, SEEK_SET)
      _ = try reader.contents(of: archive)
      #expect(lseek(archive.descriptor, 0, SEEK_CUR) == 5)
    }

    @Test func aMissingChildIsNotAFaultOfTheArchive() throws {
      let missing = ArchiveReader(executable: "/nonexistent")
      #expect(
        throws: DecodeFailure.unavailable(
          "The image decoder cannot be started: No such file or directory.")
      ) { try missing.contents(of: Zip()) }
      let mute = ArchiveReader(executable: "/bin/true")
      #expect(throws: DecodeFailure.unavailable("/bin/true did not become ready to unpack.")) {
        try mute.contents(of: Zip())
      }
      #expect(children() == [])
    }

    @Test func methodsOfPythonAreUnpacked() throws {
      let archive = try Archive(
        python: """
          with zipfile.ZipFile(path, "w") as z:
            for kind in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA:
              z.writestr(str(kind), "0123456789" * 50000, compress_type=kind)
          """)
      let found = try reader.contents(of: archive)
      #expect(found.names == ["0", "8", "12", "14"])
      let text = String(repeating: "0123456789", count: 50_000)
      #expect(found.texts.allSatisfy { $0 == text })
    }
  }
}
