import Glibc
import Imaging
import Testing

extension DecoderTests {
  /// Each unit of work has a child of its own, forked from a zygote that has read no file.
  @Suite struct Sessions {
    private let good = PNG.signature + PNG.header(1, 1) + PNG.pixel + PNG.end

    private func child(_ pool: DecoderPool, besides others: Set<Int32> = []) throws -> Int32 {
      try #require(pool.children.subtracting(others).first)
    }

    @Test func eachUnitOfWorkHasItsOwnChild() throws {
      let pool = DecoderPool(executable: decoder, size: 2)
      let (one, other) = (pool.session(), pool.session())
      _ = try one.verify(good, as: .png)
      let first = try child(pool)
      _ = try other.verify(good, as: .png)
      let second = try child(pool, besides: [first])
      _ = try one.verify(good, as: .png)
      #expect(pool.children == [first, second])
      // A child ends with its unit of work and is not used again.
      one.end()
      #expect(kill(first, 0) != 0)
      _ = try pool.session().verify(good, as: .png)
      #expect(pool.children == [second])
      other.end()
      #expect(pool.children.isEmpty)
    }

    @Test func aReleasedSessionEndsItsChild() throws {
      let pool = DecoderPool(executable: decoder, size: 1)
      var process: Int32 = 0
      try {
        let session = pool.session()
        _ = try session.verify(good, as: .png)
        process = try child(pool)
        withExtendedLifetime(session) {}
      }()
      #expect(pool.children.isEmpty)
      #expect(kill(process, 0) != 0)
    }

    @Test func aChildHasNoBytesOfOtherFiles() throws {
      let pool = DecoderPool(executable: decoder, size: 2)
      let mark = "nothing but this file says so: \(UInt64.random(in: 0...UInt64.max))"
      let text = PNG.chunk("tEXt", Array("Comment\0\(mark)".utf8))
      let secret = PNG.signature + PNG.header(1, 1) + text + PNG.pixel + PNG.end
      let (one, other) = (pool.session(), pool.session())
      #expect(try one.inspect(secret).declared.contains { $0.value == mark })
      let first = try child(pool)
      #expect(try memory(of: first, holds: mark))
      _ = try other.inspect(good)
      #expect(try !memory(of: child(pool, besides: [first]), holds: mark))
      #expect(try !memory(of: #require(pool.zygote), holds: mark))
      for session in [one, other] { session.end() }
    }

    /// Whether a text is in memory that a process has written.
    private func memory(of process: Int32, holds mark: String) throws -> Bool {
      let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
      defer { close(memory) }
      for line in try text("/proc/\(process)/maps").split(separator: "\n")
      where line.split(separator: " ").dropFirst().first?.hasPrefix("rw") == true {
        let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap {
          Int($0, radix: 16)
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: ends[1] - ends[0]) { buffer, count in
          count = max(0, pread(memory, buffer.baseAddress, buffer.count, off_t(ends[0])))
        }
        let isFound = bytes.withUnsafeBytes { holds($0, Array(mark.utf8)) }
        if isFound { return true }
      }
      return false
    }

    private func holds(_ area: UnsafeRawBufferPointer, _ mark: [UInt8]) -> Bool {
      guard var place = area.baseAddress else { return false }
      let end = place + area.count
      while let found = memchr(place, Int32(mark[0]), end - place) {
        place = UnsafeRawPointer(found)
        if end - place >= mark.count, memcmp(place, mark, mark.count) == 0 { return true }
        place += 1
      }
      return false
    }

    @Test func aDeadZygoteIsReplacedAndItsChildrenContinue() throws {
      let pool = DecoderPool(executable: decoder, size: 2)
      let session = pool.session()
      _ = try session.verify(good, as: .png)
      let (process, zygote) = (try child(pool), try #require(pool.zygote))
      kill(zygote, SIGKILL)
      _ = try session.verify(good, as: .png)
      #expect(pool.children == [process])
      _ = try pool.session().verify(good, as: .png)
      let next = try #require(pool.zygote)
      #expect(next != zygote)
      // It was reaped, so it is not a zombie.
      #expect(kill(zygote, 0) != 0)
      session.end()
    }

    @Test func childrenLeaveNoZombies() throws {
      let pool = DecoderPool(executable: decoder, size: 4)
      let wrong = inThreads(8) { index in
        (0..<20).count { _ in (try? pool.verify(good, as: .png).width) != 1 }
      }
      #expect(wrong.allSatisfy { $0 == 0 })
      #expect(pool.children.isEmpty)
      let zygote = try #require(pool.zygote)
      pool.stop()
      #expect(kill(zygote, 0) != 0)
      // Other tests have children, too: theirs are zombies only for a moment.
      var left = try zombies()
      for _ in 0..<500 where !left.isEmpty {
        usleep(20_000)
        left.formIntersection(try zombies())
      }
      #expect(left.isEmpty)
    }

    /// Decoders of this process that have ended and were not waited for.
    private func zombies() throws -> Set<Int32> {
      Set(
        try descriptors("/proc").filter { process in
          let status = (try? text("/proc/\(process)/stat")) ?? ""
          return status.contains("(assay-decode) Z \(getpid()) ")
        })
    }

    /// The limits of a process.
    private func limits(of process: Int32) throws -> [String: Substring] {
      let names = ["address space", "core file size", "file size", "open files"]
      let lines = try text("/proc/\(process)/limits").split(separator: "\n")
      return try Dictionary(
        uniqueKeysWithValues: names.map { name in
          let line = try #require(lines.first { $0.hasPrefix("Max \(name)  ") })
          let values = line.dropFirst(name.count + 4).split(separator: " ").prefix(2)
          try #require(values.first == values.last)
          return (name, try #require(values.first))
        })
    }

    @Test func childAndZygoteAreConfined() throws {
      let pool = DecoderPool(executable: decoder, size: 1)
      let session = pool.session()
      defer { session.end() }
      _ = try session.verify(good, as: .png)
      let (process, zygote) = (try child(pool), try #require(pool.zygote))
      #expect(try text("/proc/\(process)/status").contains("Seccomp:\t2"))
      // A process with threads may not fork.
      #expect(try text("/proc/\(zygote)/status").contains("Threads:\t1\n"))
      for one in [process, zygote] {
        let status = try text("/proc/\(one)/status")
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(
          try limits(of: one) == [
            "address space": "\(1536 << 20)", "core file size": "0", "file size": "0",
            "open files": "16",
          ])
        #expect(try !text("/proc/\(one)/environ").contains("HOME="))
      }
      // This process is the parent of both, so only it learns of their ends.
      for one in [process, zygote] {
        #expect(try text("/proc/\(one)/status").contains("PPid:\t\(getpid())\n"))
      }
    }
  }
}
