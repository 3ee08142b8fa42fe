internal import Glibc

/// The paths of the built programs under test.
package enum Products {
  /// The checkout's directory.
  package static let checkout: String = {
    // …/Tests/Support/Products.swift
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  }()

  /// The path of a built program, beside the test bundle.
  package static func path(_ program: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    // The test runner may be xctest or swiftpm's helper: then the bundle is an argument.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    if realpath(bundle, &buffer) == nil { readlink("/proc/self/exe", &buffer, buffer.count - 1) }
    let bytes = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    let directory = String(decoding: bytes, as: UTF8.self).split(separator: "/").dropLast()
    return "/\(directory.joined(separator: "/"))/\(program)"
  }
}
