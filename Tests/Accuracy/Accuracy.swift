internal import Decoding
internal import Glibc
internal import Imaging
internal import Matching

/// What is to be done, by the first argument.
@main
struct Accuracy {
  static func main() throws {
    let arguments = CommandLine.arguments
    let folder = arguments[2]
    let names = try entries(folder)
    var shown: [(name: String, likeness: Likeness)] = []
    let began = seconds()
    for name in names {
      guard let bytes = read("\(folder)/\(name)") else { continue }
      let likeness = bytes.withUnsafeBytes { bytes -> Likeness? in
        guard let plane = try? JPEGLuma.decode(bytes, atLeast: 64) else { return nil }
        return plane.likeness(orientation: 1)
      }
      if let likeness { shown.append((name, likeness)) } else { print("no likeness of", name) }
    }
    print("pictures", shown.count, "ms each", (seconds() - began) * 1000 / Double(shown.count))
    try compare(shown, to: arguments[3])
  }

  static func compare(_ shown: [(name: String, likeness: Likeness)], to path: String) throws {
    var planes = WholePlanes()
    var corners = [WholePlanes](repeating: WholePlanes(), count: 4)
    var cs: [Int: Int] = [:]
    for one in shown {
      planes.append(one.likeness.whole)
      let p = Probes(one.likeness)
      for c in 0..<4 { corners[c].append(p.corner(c)) }
    }
    var began = seconds()
    var seen: Set<Int> = []
    var parts: [Int: Sight] = [:]
    let count = shown.count
    for (index, one) in shown.enumerated() {
      let probes = Probes(one.likeness)
      probes.nearWhole(planes) { other, _ in
        if other != index { seen.insert(min(index, other) * count + max(index, other)) }
      }
      probes.nearWindows(planes) { other, sight in
        guard other != index else { return }
        seen.insert(min(index, other) * count + max(index, other))
        parts[index * count + other] = sight
      }
      for c in 0..<4 {
        probes.nearCorner(c, corners[c]) { other, sight in
          guard other != index else { return }
          let key = min(index, other) * count + max(index, other)
          seen.insert(key)
          cs[key] = min(cs[key] ?? 256, sight.distance)
        }
      }
    }
    print("search s", seconds() - began, "pairs", seen.count)
    began = seconds()
    var lines = ""
    for pair in seen.sorted() {
      let (one, other) = (pair / count, pair % count)
      let (first, second) = (shown[one], shown[other])
      guard
        let suspicion = Suspicion(
          first.likeness.whole, second.likeness.whole,
          partOfFirst: parts[one * count + other], partOfSecond: parts[other * count + one],
          corner: cs[pair]),
        let alignment = Alignment(first.likeness.luma, second.likeness.luma, suspicion)
      else { continue }
      lines +=
        "\(first.name) \(second.name) \(suspicion.distance) \(cs[pair] ?? 256) \(suspicion.orientation ?? 0) \(alignment.correlation) \(alignment.detail)\n"
    }
    print("verify us each", (seconds() - began) * 1e6 / Double(seen.count))
    let file = fopen(path, "w")
    fputs(lines, file)
    fclose(file)
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func entries(_ folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".jpg") { names.append(name) }
    }
    return names.sorted()
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var facts = stat()
    fstat(descriptor, &facts)
    return [UInt8](unsafeUninitializedCapacity: Int(facts.st_size)) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
  }
}
