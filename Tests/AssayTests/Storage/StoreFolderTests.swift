import Storage
import Support
import Testing

/// The folders of the store, and the files that name them.
@Suite struct StoreFolderTests {
  private static let tmpfiles = "systemd/assay.tmpfiles"

  private func text(_ path: String) throws -> String {
    try Files.text("\(Products.checkout)/\(path)")
  }

  private func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// systemd-tmpfiles makes the store and nginx's folders, `assay seal --prepare` the others.
  @Test func tmpfilesMakesTheFoldersOfNginx() throws {
    let made = try text(Self.tmpfiles).matches(of: /d \/var\/lib\/assay\/store(\S*) +(\d+)\s/)
      .map { "\($0.1) \($0.2)" }
    let folders = StoreFolder.allCases.filter(\.isOfNginx)
    #expect(
      made == [" \(octal(StoreFolder.storeMode))"] + folders.map { "/\($0) \(octal($0.mode))" })
  }

  @Test(arguments: [
    "nginx/assay/incoming.conf", "nginx/assay/media.conf", "nginx/assay/problems.conf", tmpfiles,
  ])
  func deployedFilesNameOnlyFoldersOfTheStore(path: String) throws {
    let names = try text(path).matches(of: /\/var\/lib\/assay\/store\/([a-z.]+)/).map { $0.1 }
    let known = StoreFolder.allCases.map(\.rawValue) + ["store.id"]
    #expect(!names.isEmpty)
    #expect(names.allSatisfy { known.contains(String($0)) }, "\(names)")
  }

  @Test func thePageAboutSecurityHasTheirModes() throws {
    let rows = try text("docs/security.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
    for folder in StoreFolder.allCases where folder != .blobs && folder != .previews {
      let row = rows.first { $0.contains("`\(folder)`") }
      #expect(row?.contains(octal(folder.mode)) == true, "\(folder)")
    }
  }
}
