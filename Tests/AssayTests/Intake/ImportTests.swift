import Assay
import Glibc
import HTTP
import Support
import Testing
import Web

@Suite("assay import") struct ImportTests {
  private let site: TestSite
  private let customer: Person
  private let request: String
  private let folder: TemporaryDirectory

  init() throws {
    site = try TestSite()
    customer = try site.person(.customer)
    request = try site.request(by: customer)
    folder = try TemporaryDirectory()
  }

  /// Imports a file with a name of these bytes; returns the stored name.
  private func kept(_ name: [UInt8], seed: UInt64) throws -> String {
    let path = name.withUnsafeBytes { HostPath(folder.path).appending($0) }
    let bytes = Pictures.png(seed: seed)
    let file = path.withCString { open($0, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600) }
    try #require(file >= 0)
    #expect(write(file, bytes, bytes.count) == bytes.count)
    close(file)
    let outcome = try Importer(site.site, project: request, database: site.database).take(path)
    guard case .added = outcome else { throw Missing(description: "\(outcome)") }
    return try site.send("GET", "/requests/\(request)/uploads", as: customer)
      .json[0]["filename"].string
  }

  @Test func anyFileNameIsAccepted() throws {
    defer { folder.remove() }
    let names: [(bytes: [UInt8], kept: String)] = [
      (Array("plain.png".utf8), "plain.png"), (Array("e\u{301}.png".utf8), "\u{E9}.png"),
      (Array("a\\b.png".utf8), "b.png"), (Array("new\nline.png".utf8), "newline.png"),
      (Array("a\u{202E}gnp.exe".utf8), "agnp.exe"), ([0x61, 0xFF, 0x2E, 0x70], "a\u{FFFD}.p"),
      ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"), (Array("-rf".utf8), "-rf"),
    ]
    for (index, name) in names.enumerated() {
      #expect(Array(try kept(name.bytes, seed: UInt64(index)).utf8) == Array(name.kept.utf8))
    }
  }

  /// A second import neither decodes nor counts the same files again.
  @Test func allFormatsAreImportedAndEqualFilesSkipped() throws {
    defer { folder.remove() }
    let gif: [UInt8] =
      Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
      + [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0, 0x3b]
    for (name, bytes) in [("a.png", Pictures.png(seed: 1)), ("b.gif", gif)] {
      let path = name.utf8.withContiguousStorageIfAvailable {
        HostPath(folder.path).appending(UnsafeRawBufferPointer($0))
      }
      let file = try #require(path)
      let descriptor = file.withCString { open($0, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600) }
      #expect(write(descriptor, bytes, bytes.count) == bytes.count)
      close(descriptor)
      let importer = try Importer(site.site, project: request, database: site.database)
      guard case .added = try importer.take(file), case .skipped = try importer.take(file) else {
        throw Missing(description: "\(name) is not taken once")
      }
    }
  }
}
