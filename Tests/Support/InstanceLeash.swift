internal import CLinux
internal import Glibc
internal import Synchronization

/// A shell that stops an instance when its standard input ends, at the latest with this process.
final class Leash: Sendable {
  private let shell: Program
  private let end: Mutex<Int32>

  init(run: String) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Missing(description: "no pipe") }
    defer { close(ends[0]) }
    end = Mutex(ends[1])
    var environment = Program.environment
    environment["ASSAY_RUN"] = run
    shell = try Program(
      [
        "/bin/sh", "-c", "trap '' INT TERM HUP; cat >/dev/null; exec \"$0\" --purge",
        "\(Products.checkout)/.dev/down",
      ], descriptor: ends[0], environment: environment)
  }

  /// Closes the pipe and waits until everything is stopped; a second call does nothing.
  func pull() throws {
    let isFirst = end.withLock { end in
      defer { end = -1 }
      if end >= 0 { close(end) }
      return end >= 0
    }
    guard isFirst else { return }
    let down = try shell.finish(seconds: 120)
    guard down.code == 0 else { throw Missing(description: "not stopped: \(down.errors)") }
  }
}

/// Finds a free port outside the range that the kernel gives to clients.
enum FreePort {
  static func find() throws -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: 20_000...30_000)
      // The plain port is greater by 1,000.
      if isFree(port), isFree(port + 1000) { return port }
    }
    throw Missing(description: "no free port")
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
