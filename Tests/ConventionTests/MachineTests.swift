import Testing

/// The checkout can be in any folder: no file names the machine on which it was written.
@Suite struct MachineTests {
  /// Folders of such machines, in two pieces so that this file does not contain them.
  static let machinePaths = ["/wo" + "rk/", "/ro" + "ot/", "/opt/sw" + "ift"]

  @Test func filesContainNoPathsOfAMachine() {
    #expect(Checkout.paths.filter { Self.isTied(Checkout.bytes(of: $0)) } == [])
  }

  @Test(arguments: machinePaths)
  func aPathOfAMachineIsFound(path: String) {
    #expect(Self.isTied(Array("cd \(path)main".utf8)))
    #expect(!Self.isTied(Array("cd /usr/share/assay".utf8)))
  }

  /// No compiled files are kept beside the sources.
  @Test func buildProductsAreNotCommitted() {
    let built = [".swiftmodule", ".swiftdoc", ".swiftsourceinfo", ".o", ".a", ".so"]
    #expect(Checkout.paths.filter { path in built.contains { path.hasSuffix($0) } } == [])
  }

  private static func isTied(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      rest = rest[slash...]
      if machinePaths.contains(where: { rest.starts(with: $0.utf8) }) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
