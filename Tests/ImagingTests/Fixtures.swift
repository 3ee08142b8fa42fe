import Glibc
import Imaging

/// A file that lives as long as the value does, in a directory of its own.
final class Fixture: Sendable {
  let path: String
  let descriptor: Int32

  init(_ bytes: [UInt8], name: String = "file") throws {
    path = try Self.place(name)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FixtureError(reason: "cannot write \(path)")
    }
  }

  /// The result of a `vips` command whose last two arguments are this picture and the new file.
  convenience init(_ operation: String, of source: Fixture, name: String, _ options: [String])
    throws
  {
    let path = try Self.place(name)
    try Self.vips([operation, source.path, path] + options)
    try self.init(existing: path)
  }

  private init(existing path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FixtureError(reason: "vips wrote no \(path)") }
  }

  deinit {
    close(descriptor)
    unlink(path)
    rmdir(Self.directory(of: path))
  }

  var bytes: [UInt8] {
    var facts = stat()
    fstat(descriptor, &facts)
    return [UInt8](unsafeUninitializedCapacity: Int(facts.st_size)) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
    }
  }

  private static func directory(of path: String) -> String {
    String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
  }

  private static func place(_ name: String) throws -> String {
    var template = Array("/tmp/assay-imaging-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FixtureError(reason: "mkdtemp") }
    return String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self) + "/" + name
  }

  /// The command line of Debian's libvips-tools.
  private static func vips(_ arguments: [String]) throws {
    let words = (["vips"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    let failure = posix_spawnp(&identifier, "vips", nil, nil, words, environ)
    var status: Int32 = 0
    guard failure == 0, waitpid(identifier, &status, 0) == identifier, status == 0 else {
      throw FixtureError(reason: "vips \(arguments): \(failure), \(status); is it installed?")
    }
  }
}

struct FixtureError: Error {
  let reason: String
}

/// A picture of bright and dark blobs, different for each seed and alike at any size.
func scene(_ seed: UInt64, width: Int = 200, height: Int = 150) throws -> Fixture {
  var generator = SplitMix(state: seed)
  var light = [Float](repeating: 128, count: width * height)
  for _ in 0..<150 { addBlob(&light, width, height, &generator) }
  let pixels = light.flatMap { light in
    [Float(1), 0.8, 0.6].map { UInt8(max(0, min(255, light * $0))) }
  }
  return try Fixture(Array("P6 \(width) \(height) 255\n".utf8) + pixels, name: "scene.ppm")
}

private func addBlob(
  _ light: inout [Float], _ width: Int, _ height: Int, _ generator: inout SplitMix
) {
  let x = Float.random(in: 0...1, using: &generator)
  let y = Float.random(in: 0...1, using: &generator)
  let size = Float.random(in: 0.01...0.1, using: &generator)
  let strength = Float.random(in: -100...100, using: &generator)
  func reach(_ middle: Float, _ length: Int) -> Range<Int> {
    let all = 0..<length
    let scale = Float(length)
    return (Int((middle - 3 * size) * scale)..<Int((middle + 3 * size) * scale)).clamped(to: all)
  }
  for row in reach(y, height) {
    for column in reach(x, width) {
      let across = (Float(column) + 0.5) / Float(width) - x
      let down = (Float(row) + 0.5) / Float(height) - y
      light[row * width + column] +=
        strength * expf(-(across * across + down * down) / (size * size))
    }
  }
}

/// Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

/// The decoder that the build put beside the tests.
let decoder: String = {
  var path = [CChar](repeating: 0, count: Int(PATH_MAX))
  let start = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
  if realpath(start, &path) == nil { readlink("/proc/self/exe", &path, path.count - 1) }
  let text = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
  return text.prefix(upTo: text.lastIndex(of: "/") ?? text.endIndex) + "/assay-decode"
}()
