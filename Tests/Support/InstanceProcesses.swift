internal import Glibc

/// The processes behind nginx.
package struct PoolProcesses: Equatable, Sendable {
  package let supervisor: Int32
  /// The API processes in the order of their numbers.
  package let api: [Int32]
  package let workers: [Int32]
}

extension Instance {
  /// The processes as the supervisor lists them.
  package func processes() throws -> PoolProcesses {
    var found: [Substring: [Int32]] = [:]
    for line in try Files.text("\(state)/pool/api.sock.pids").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let pid = Int32(words[1]) else {
        throw Missing(description: "a strange line: \(line)")
      }
      found[words[0], default: []].append(pid)
    }
    return PoolProcesses(
      supervisor: found["supervise"]?.first ?? 0, api: found["api", default: []].sorted(),
      workers: found["worker", default: []].sorted())
  }

  /// Waits until a condition is true.
  /// - Throws: when it is not true in time.
  package func wait(seconds: Int = 60, for what: String, until isSo: () throws -> Bool) throws {
    try Support.wait(seconds: seconds, for: what, pause: 20_000, until: isSo)
  }
}

/// Information about processes from the kernel.
package enum Kernel {
  /// The processes whose command line contains a text.
  package static func processes(naming text: String) -> [Int32] {
    let own = getpid()
    return all.filter { pid in
      pid != own && ((try? Files.text("/proc/\(pid)/cmdline").contains(text)) ?? false)
    }
  }

  /// The children of a process.
  package static func children(of parent: Int32) -> [Int32] {
    all.filter { pid in
      // pid (name) state parent …; a name may contain any character.
      let fields = (try? Files.text("/proc/\(pid)/stat"))?.split(separator: ")").last
      return fields?.split(separator: " ").dropFirst().first.flatMap { Int32($0) } == parent
    }
  }

  /// The paths of the files that a process has open.
  package static func files(of pid: Int32) -> [String] {
    let folder = "/proc/\(pid)/fd"
    return entries(of: folder).compactMap { name in
      var room = [CChar](repeating: 0, count: 4096)
      let length = readlink("\(folder)/\(name)", &room, room.count)
      guard length > 0 else { return nil }
      return String(decoding: room[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  private static var all: [Int32] { entries(of: "/proc").compactMap { Int32($0) } }

  /// The entries of a folder of /proc; empty when its process has ended.
  private static func entries(of folder: String) -> [String] {
    (try? Files.names(in: folder)) ?? []
  }
}

extension Files {
  /// A file's text.
  package static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }
}
