import Cryptography
import Glibc
import Site
import Storage
import Support
import Testing

/// Many files that are stored together.
@Suite("Batches of stored files")
struct FileBatchTests {
  private let shelf: Shelf
  private var root: String { shelf.site.site.config.store }
  private var store: Store { shelf.site.site.store }
  init() throws { shelf = try Shelf() }

  /// Adds a file while the folder of temporary files is missing.
  private func failToAdd(_ bytes: [UInt8], as target: String, to batch: FileBatch) throws {
    #expect(rename("\(root)/tmp", "\(root)/tmp.away") == 0)
    defer { rename("\(root)/tmp.away", "\(root)/tmp") }
    #expect(throws: StoreError.self) { try batch.add(bytes, as: target, in: root) }
  }

  /// Previews that do not fit in the store do not stop the upload, which then settles the others.
  @Test func aFileThatCannotBeWrittenIsNotInTheBatch() throws {
    let batch = FileBatch(store)
    let (good, bad) = ("\(root)/good", "\(root)/bad")
    try batch.add([1, 2, 3], as: good, in: root)
    try failToAdd([4], as: bad, to: batch)
    try batch.settle()
    #expect(try Files.bytes(good) == [1, 2, 3])
    #expect(access(bad, F_OK) != 0)
    // It can be added again.
    try batch.add([5], as: bad, in: root)
    try batch.settle()
    #expect(try Files.bytes(bad) == [5])
    #expect(try Files.names(in: "\(root)/tmp").isEmpty)
  }

  @Test(arguments: [false, true])
  func anExistingFileStaysWhenTheBatchKeepsIt(_ keeps: Bool) throws {
    let target = "\(root)/target"
    try Files.write(target, [1])
    let batch = FileBatch(store, keepsExisting: keeps)
    try batch.add([2], as: target, in: root)
    try batch.settle()
    #expect(try Files.bytes(target) == (keeps ? [1] : [2]))
    #expect(try Files.names(in: "\(root)/tmp").isEmpty)
  }
}
