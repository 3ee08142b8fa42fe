import Glibc
import Imaging
import Testing

/// Lends a session to one of several threads.
private struct Lent: @unchecked Sendable {
  let value: DecoderSession
  init(_ value: DecoderSession) { self.value = value }
}

extension DecoderTests {
  @Suite struct Pool {
    private let good = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end

    @Test func theFirstRequestStartsTheDecoder() throws {
      let pool = DecoderPool(executable: decoder, size: 4)
      let session = pool.session()
      #expect(pool.children.isEmpty && pool.zygote == nil)
      _ = try session.verify(good, as: .png)
      _ = try session.verify(good, as: .png)
      #expect(pool.children.count == 1)
      session.end()
      #expect(pool.children.isEmpty)
    }

    @Test func aCrashFailsOneFileOnly() throws {
      let pool = DecoderPool(executable: decoder, size: 1)
      let own = pool.session()
      _ = try own.verify(good, as: .png)
      let child = try #require(pool.children.first)
      defer { own.end() }
      let slow = try Fixture(
        PNG.signature + PNG.header(9_999, 9_999)
          + PNG.chunk("IDAT", PNG.bomb(10_000 * 9_999, of: 0)) + PNG.end)
      // The other thread only kills.
      let session = Lent(own)
      let outcome = inThreads(2) { index -> DecodeFailure? in
        if index == 1 {
          // For a minute at most; then it kills, so that the other thread ends.
          for _ in 0..<600_000 {
            if holds(child, slow.path) { break }
            usleep(100)
          }
          kill(child, SIGKILL)
          return nil
        }
        do throws(DecodeFailure) {
          _ = try session.value.verify(slow, as: .png)
          return nil
        } catch {
          return error
        }
      }
      #expect(outcome[0] == .crashed)
      #expect(try session.value.verify(good, as: .png).width == 1)
    }

    @Test func aChildThatDiedIdleIsReplaced() throws {
      let pool = DecoderPool(executable: decoder, size: 1)
      let session = pool.session()
      defer { session.end() }
      _ = try session.verify(good, as: .png)
      let child = try #require(pool.children.first)
      kill(child, SIGKILL)
      var facts = siginfo_t()
      waitid(P_PID, id_t(child), &facts, WEXITED | WNOWAIT)
      #expect(try session.verify(good, as: .png).width == 1)
      #expect(!pool.children.contains(child))
    }

    @Test func aZygoteThatDiesBeforeItIsReadyIsReplaced() throws {
      // Ends twice at its start, as if it were killed there.
      let count = try Fixture([])
      let script = try Fixture(
        Array(
          """
          #!/bin/sh
          echo >>\(count.path)
          [ $(wc -l <\(count.path)) -gt 2 ] || exit 1
          exec \(decoder) "$@"
          """.utf8), name: "decoder")
      let executable = script.path + ".sh"
      // A copy: a file that is open for writing cannot be run.
      try script.bytes.withUnsafeBytes { bytes in
        let copy = open(executable, O_CREAT | O_WRONLY | O_CLOEXEC, 0o700)
        defer { close(copy) }
        try #require(write(copy, bytes.baseAddress, bytes.count) == bytes.count)
      }
      defer { unlink(executable) }
      let pool = DecoderPool(executable: executable, size: 1)
      #expect(try pool.verify(good, as: .png).width == 1)
      #expect(count.bytes.count == 3)
    }

    @Test func aRequestTimesOut() throws {
      let pool = DecoderPool(executable: decoder, size: 1)
      let session = pool.session()
      defer { session.end() }
      _ = try session.verify(good, as: .png)
      kill(try #require(pool.children.first), SIGSTOP)
      let file = try Fixture(good)
      #expect(throws: DecodeFailure.timedOut) {
        try session.verify(file.descriptor, as: .png, within: 100)
      }
      #expect(try session.verify(good, as: .png).width == 1)
    }

    @Test func aDecoderTimesOut() throws {
      let pool = DecoderPool(executable: decoder, size: 1, limits: .init(wallMilliseconds: 2000))
      let session = pool.session()
      defer { session.end() }
      _ = try session.verify(good, as: .png)
      let child = try #require(pool.children.first)
      kill(child, SIGSTOP)
      #expect(throws: DecodeFailure.timedOut) { try session.verify(good, as: .png) }
      #expect(try session.verify(good, as: .png).width == 1)
      #expect(!pool.children.contains(child))
    }

    @Test func memoryIsLimited() throws {
      let limits = DecodeLimits(addressSpaceBytes: 256 << 20)
      let pool = DecoderPool(executable: decoder, size: 1, limits: limits)
      let source = try Fixture("pngsave", of: scene(1), name: "a.png", ["--interlace"])
      let large = try Fixture("zoom", of: source, name: "b.jpg", ["52", "52"])
      let heavy = try Fixture("jpegsave", of: large, name: "c.jpg", ["--interlace"])
      #expect(throws: DecodeFailure.self) { try pool.verify(heavy, as: .jpeg) }
      #expect(try pool.verify(good, as: .png).width == 1)
    }

    @Test func manyThreadsShareFewChildren() throws {
      let pool = DecoderPool(executable: decoder, size: 2)
      let files = try (1...4).map { try scene(UInt64($0), width: 20 * $0, height: 10) }
      let pictures = try files.map { try Fixture("jpegsave", of: $0, name: "a.jpg", []) }
      let wrong = inThreads(16) { index in
        (0..<40).count { turn in
          let file = pictures[(index + turn) % 4]
          return (try? pool.verify(file, as: .jpeg).width)
            != 20 * ((index + turn) % 4 + 1)
        }
      }
      #expect(wrong.allSatisfy { $0 == 0 })
      #expect(pool.children.count <= 2)
    }

    @Test func descriptorsAreClosed() throws {
      let before = packetSockets()
      let pool = DecoderPool(executable: decoder, size: 1)
      let session = pool.session()
      _ = try session.verify(good, as: .png)
      let child = try #require(pool.children.first)
      let zygote = try #require(pool.zygote)
      for _ in 0..<50 { _ = try session.verify(good, as: .png) }
      #expect(try descriptors("/proc/\(child)/fd").sorted() == [0, 1, 2])
      #expect(try descriptors("/proc/\(zygote)/fd").sorted() == [0, 1, 2])
      #expect(packetSockets() == before + 2)
      for process in [child, zygote] { kill(process, SIGSTOP) }
      session.end()
      pool.stop()
      #expect(packetSockets() == before)
      #expect(kill(child, 0) != 0 && kill(zygote, 0) != 0)
    }

    @Test func aMissingDecoderIsNotAFaultOfTheFile() throws {
      let missing = DecoderPool(executable: "/nonexistent", size: 1)
      #expect(
        throws: DecodeFailure.unavailable(
          "The image decoder cannot be started: No such file or directory.")
      ) { try missing.verify(good, as: .png) }
      let mute = DecoderPool(executable: "/bin/true", size: 1)
      #expect(throws: DecodeFailure.unavailable("/bin/true did not become ready.")) {
        try mute.verify(good, as: .png)
      }
      let busy = DecoderPool(executable: decoder, size: 0, limits: .init(wallMilliseconds: 1))
      #expect(throws: DecodeFailure.unavailable("All image decoders are busy.")) {
        try busy.verify(good, as: .png)
      }
      let stopped = DecoderPool(executable: decoder, size: 1)
      stopped.stop()
      #expect(throws: DecodeFailure.unavailable("The image decoders are stopped.")) {
        try stopped.verify(good, as: .png)
      }
    }

    @Test func onlyFilesAreAccepted() throws {
      let pool = DecoderTests.pool
      #expect(throws: DecodeFailure.unavailable("The file is not open.")) {
        try pool.session().verify(-1, as: nil)
      }
      let device = open("/dev/zero", O_RDONLY | O_CLOEXEC)
      defer { close(device) }
      #expect(throws: DecodeFailure.refused("This is not a file.")) {
        try pool.session().verify(device, as: nil)
      }
    }

    @Test func theFileOffsetDoesNotChange() throws {
      let file = try Fixture(good)
      lseek(file.descriptor, 5, SEEK_SET)
      _ = try DecoderTests.pool.verify(file, as: .png)
      #expect(lseek(file.descriptor, 0, SEEK_CUR) == 5)
    }
  }
}
