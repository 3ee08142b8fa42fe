import Glibc

func text(_ path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw FixtureError(reason: path) }
  defer { close(file) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 4096)
  while case let count = read(file, &part, part.count), count > 0 { bytes += part.prefix(count) }
  return String(decoding: bytes, as: UTF8.self)
}

func holds(_ child: Int32, _ path: String) -> Bool {
  (try? text("/proc/\(child)/maps").contains(path)) ?? false
}

func descriptors(_ directory: String) throws -> [Int32] {
  guard let stream = opendir(directory) else { throw FixtureError(reason: directory) }
  defer { closedir(stream) }
  var found: [Int32] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if let number = Int32(name) { found.append(number) }
  }
  return found
}

/// The number of packet sockets of this process; other suites have none.
func packetSockets() -> Int {
  ((try? descriptors("/proc/self/fd")) ?? []).count { descriptor in
    var kind: Int32 = 0
    var size = socklen_t(4)
    getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size)
    return kind == Int32(SOCK_SEQPACKET.rawValue)
  }
}
