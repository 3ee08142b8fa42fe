import Testing

/// The allowed imports.
///
/// SwiftPM lets a target import all that it reaches, so this reads the sources.
@Suite struct ImportTests {
  /// The modules that each target may import: ours, Debian's libraries and other packages.
  static let allowed: [String: Set<String>] = [
    "Postgres": ["CLibPQ"],
    "HTTP": ["CJansson"],
    "FastCGI": ["HTTP", "CFastCGI", "CLinux"],
    "Cryptography": ["CCrypto", "CJWT", "CArgon2"],
    "S3": ["Cryptography", "CCurl"],
    "Outbound": ["CCurl"],
    "Imaging": ["CMagic", "CLinux"],
    "Decoding": [
      "Imaging", "CVips", "CJPEG", "CPNG", "CWebP", "CTIFF", "CCrypto", "CLinux",
    ],
    "Matching": ["Imaging", "CHamming"],
    "Unpacking": ["Imaging", "CArchive", "CLinux"],
    "Inference": ["COnnxRuntime"],
    "Labelling": [],
    "Queue": ["Postgres", "CLinux", "Logging"],
    "Vocabulary": ["Postgres", "Queue", "HTTP", "Imaging", "Logging"],
    "Storage": [
      "Vocabulary", "Postgres", "Queue", "HTTP", "Cryptography", "Imaging", "S3", "CLinux",
      "COwnership", "Logging",
    ],
    "Site": [
      "Vocabulary", "Storage", "Postgres", "HTTP", "Cryptography", "Imaging", "Inference",
      "Labelling", "S3",
      "Outbound", "Logging",
    ],
    "Web": ["Vocabulary", "Storage", "Site", "Postgres", "HTTP", "Cryptography"],
    "Assay": [
      "Vocabulary", "Storage", "Site", "Web", "Postgres", "Queue", "HTTP", "Cryptography",
      "Imaging", "Matching", "Labelling", "Outbound", "Logging",
    ],
    "Command": [
      "Assay", "Web", "Site", "Storage", "Vocabulary", "FastCGI", "HTTP", "Postgres", "CLinux",
      "ArgumentParser", "Logging",
    ],
    "DecodeCommand": ["Decoding", "Unpacking", "Imaging", "CLinux"],
    "Support": ["Assay", "Web", "Site", "Vocabulary", "HTTP", "Postgres", "Queue", "CLinux"],
    "Accuracy": ["Cryptography", "Decoding", "Imaging", "Matching", "Labelling"],
  ]

  /// Modules of the toolchain; Foundation is not allowed.
  static let toolchain: Set<String> = ["Glibc", "Synchronization"]
  static let toolchainOfTests: Set<String> = toolchain.union(["Testing"])

  /// Wrappers of the kernel and of libraries that several targets use: assay-decode checks
  /// signatures without the password hashing of Cryptography.
  static let shared: Set<String> = ["CLinux", "CCurl", "CCrypto"]

  @Test func targetsImportWhatTheTableAllows() {
    #expect(Checkout.swift.flatMap(Self.forbiddenImports) == [])
  }

  @Test func theTableHasEveryTarget() {
    let targets = Set(Checkout.sources.map(\.target))
    #expect(targets.subtracting(Self.allowed.keys) == [])
    #expect(Set(Self.allowed.keys).subtracting(targets) == ["Accuracy", "Support"])
  }

  @Test func aLibraryHasOneWrapper() {
    var wrappers: [String: Set<String>] = [:]
    for file in Checkout.sources {
      for name in file.imports where name.isLibrary {
        wrappers[name, default: []].insert(file.target)
      }
    }
    let torn = wrappers.filter { $0.value.count > 1 && !Self.shared.contains($0.key) }
    #expect(torn == [:])
    #expect(wrappers.keys.contains("CLibPQ"))
  }

  @Test(arguments: [
    ("Sources/Labelling/Vote.swift", "import HTTP"),
    ("Sources/HTTP/Router.swift", "internal import CFastCGI"),
    ("Sources/Vocabulary/ID.swift", "internal import Storage"),
    ("Sources/Storage/Store.swift", "internal import Web"),
    ("Sources/Web/Route.swift", "internal import Assay"),
    ("Sources/Assay/App/Application.swift", "package import FastCGI"),
    ("Sources/Assay/Items/Store.swift", "internal import struct Decoding.Decoder"),
    ("Sources/Assay/Items/Store.swift", "internal import Foundation"),
    ("Sources/Postgres/Row.swift", "@preconcurrency import Logging"),
    ("Tests/EndToEndTests/Wire.swift", "import Foundation"),
    ("Tests/AssayTests/App/TimesTests.swift", "import CLibPQ"),
  ])
  func aWrongImportIsFound(path: String, line: String) {
    #expect(Self.forbiddenImports(SourceFile(path: path, line)).count == 1)
  }

  private static func forbiddenImports(_ file: SourceFile) -> [String] {
    file.imports.filter { !isAllowed($0, in: file) }.map { "\(file.path) imports \($0)" }
  }

  private static func isAllowed(_ name: String, in file: SourceFile) -> Bool {
    if let table = allowed[file.target] { return table.union(toolchain).contains(name) }
    // A suite may import any target; of the libraries only the shared ones.
    return toolchainOfTests.contains(name) || allowed.keys.contains(name) || shared.contains(name)
  }
}

extension SourceFile {
  /// The modules that the file imports.
  var imports: [String] {
    words.compactMap { _, words in
      guard let place = words.firstIndex(of: "import"),
        words[..<place].allSatisfy({ $0.hasPrefix("@") || levels.contains($0) })
      else { return nil }
      let names = words[(place + 1)...].drop { kinds.contains($0) }
      return names.first.map(String.init)
    }
  }
}

private let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
private let kinds: Set<Substring> = [
  "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
]

extension String {
  /// Whether it is a module map of ours over a C library, such as `CLibPQ` or `CVips`.
  fileprivate var isLibrary: Bool {
    hasPrefix("C") && dropFirst().first?.isUppercase == true
  }
}
