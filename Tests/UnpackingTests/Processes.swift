import Glibc

func text(_ path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw ArchiveError(reason: path) }
  defer { close(file) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 4096)
  while case let count = read(file, &part, part.count), count > 0 { bytes += part.prefix(count) }
  return String(decoding: bytes, as: UTF8.self)
}

/// The unpacking children of this process, including dead ones that were not reaped.
func children() -> [pid_t] {
  let all = numbers(in: "/proc").filter { identifier in
    guard let stat = try? text("/proc/\(identifier)/stat") else { return false }
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    return fields.count > 2 && fields[2] == "\(getpid())"
  }
  // Other suites of this process have decoders, too.
  return all.filter { (try? text("/proc/\($0)/cmdline"))?.contains("unpack") == true }
}

/// The state of a child; `S` means asleep.
func state(of child: pid_t) throws -> String {
  let status = try text("/proc/\(child)/status").split(separator: "\n")
  let line = status.first { $0.hasPrefix("State:") } ?? ""
  return String(line.split(separator: "\t").last?.prefix(1) ?? "")
}

/// A value of the child's status, in KB.
func figure(_ name: String, of child: pid_t) throws -> Int {
  let status = try text("/proc/\(child)/status").split(separator: "\n")
  let line = status.first { $0.hasPrefix(name) } ?? ""
  return Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0
}

/// The number of this process's open packet sockets.
func descriptors() throws -> Int {
  numbers(in: "/proc/self/fd").count { descriptor in
    var kind: Int32 = 0
    var size = socklen_t(4)
    getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size)
    return kind == Int32(SOCK_SEQPACKET.rawValue)
  }
}

private func numbers(in directory: String) -> [Int32] {
  guard let stream = opendir(directory) else { return [] }
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
