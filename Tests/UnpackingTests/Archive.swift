import Glibc
import Imaging
import Support

/// An archive on disk that is already unlinked and exists as long as this object.
final class Archive: Sendable {
  let descriptor: Int32

  init(_ bytes: [UInt8]) throws {
    descriptor = try Self.file { _ in }
    guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count
    else { throw ArchiveError(reason: "cannot write \(bytes.count) bytes") }
  }

  /// An archive made by a Python script, which has `zipfile`, `zlib`, `os` and the `path`.
  init(python script: String) throws {
    descriptor = try Self.file { path in
      let code = "import sys, os, io, zlib, struct, zipfile\npath = sys.argv[1]\n" + script
      let arguments = ["python3", "-c", code, path]
      let words = arguments.map { strdup($0) } + [nil]
      defer { for word in words { free(word) } }
      var identifier: pid_t = 0
      let failure = posix_spawnp(&identifier, "python3", nil, nil, words, environ)
      var status: Int32 = 0
      guard failure == 0, waitpid(identifier, &status, 0) == identifier, status == 0 else {
        throw ArchiveError(reason: "python3: \(failure), \(status)")
      }
    }
  }

  deinit { close(descriptor) }

  private static func file(_ fill: (String) throws -> Void) throws -> Int32 {
    var template = Array("/tmp/assay-unpacking-XXXXXX".utf8CString)
    let made = mkstemp(&template)
    guard made >= 0 else { throw ArchiveError(reason: "mkstemp") }
    close(made)
    defer { unlink(template) }
    try fill(String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self))
    return open(template, O_RDWR | O_CLOEXEC)
  }
}

struct ArchiveError: Error {
  let reason: String
}

/// The result of reading an archive.
struct Contents: Equatable {
  enum Verdict: Equatable {
    case whole([UInt8])
    case broken(String)
    case refused(String)
  }

  struct Entry: Equatable {
    let name: String
    var verdict: Verdict
  }

  var entries: [Entry] = []
  var stopped: String?
  private var data: [UInt8] = []

  var names: [String] { entries.map(\.name) }
  var texts: [String] {
    entries.map {
      if case .whole(let bytes) = $0.verdict { String(decoding: bytes, as: UTF8.self) } else { "-" }
    }
  }
  var faults: [String] {
    entries.compactMap {
      switch $0.verdict {
      case .whole: nil
      case .broken(let reason): "broken: \(reason)"
      case .refused(let reason): reason
      }
    }
  }

  mutating func note(_ event: ArchiveReader.Event) {
    switch event {
    case .begin(let name):
      entries.append(Entry(name: name, verdict: .broken("not ended")))
      data = []
    case .data(let bytes): data += bytes
    case .end: entries[entries.count - 1].verdict = .whole(data)
    case .broken(let reason): entries[entries.count - 1].verdict = .broken(reason)
    case .refused(let name, let reason):
      entries.append(Entry(name: name, verdict: .refused(reason)))
    case .stopped(let reason): stopped = reason
    }
  }
}

extension ArchiveReader {
  func contents(of archive: Archive, names: NameEncoding? = nil) throws -> Contents {
    defer { withExtendedLifetime(archive) {} }
    var contents = Contents()
    try read(archive.descriptor, names: names) { contents.note($0) }
    return contents
  }

  func contents(of zip: Zip, names: NameEncoding? = nil) throws -> Contents {
    try contents(of: Archive(zip.bytes), names: names)
  }
  func contents(of bytes: [UInt8]) throws -> Contents { try contents(of: Archive(bytes)) }
}

/// The path of the built program beside the tests.
let unpacker: String = {
  var path = [CChar](repeating: 0, count: Int(PATH_MAX))
  let start = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
  if realpath(start, &path) == nil { readlink("/proc/self/exe", &path, path.count - 1) }
  let text = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
  return text.prefix(upTo: text.lastIndex(of: "/") ?? text.endIndex) + "/assay-decode"
}()
