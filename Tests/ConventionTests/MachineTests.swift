import Testing

/// The checkout can stand anywhere: no file knows the machine it was written on.
@Suite struct MachineTests {
  /// Folders of the machines it is written on; taken apart, so that this file does not name them.
  static let machinePaths = ["/wo" + "rk/", "/ro" + "ot/", "/opt/sw" + "ift"]

  @Test func noFileNamesAMachinesFolders() {
    #expect(Checkout.paths.filter { Self.isTied(Checkout.bytes(of: $0)) } == [])
  }

  @Test(arguments: machinePaths)
  func aMachinesFolderIsSeen(path: String) {
    #expect(Self.isTied(Array("cd \(path)main".utf8)))
    #expect(!Self.isTied(Array("cd /usr/share/assay".utf8)))
  }

  /// Nothing that a compiler made is kept beside the sources.
  @Test func nothingBuiltIsKept() {
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
