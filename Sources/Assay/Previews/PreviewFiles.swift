internal import Cryptography
internal import Glibc
internal import Storage

/// The files of previews: `previews/ab/<the other 62 digits>-v3-<longest side>.jpg`.
extension Store {
  /// A preview that was found in the directories.
  struct StoredPreview {
    let sha256: Digest
    let version: Int
    let path: String
    /// Seconds since the file was written or renamed.
    let age: Int
  }

  /// Whether all previews that a version makes of a blob are stored.
  func hasPreviews(of sha256: Digest, version: Int = PreviewVersion.current) -> Bool {
    PreviewSize.allCases.allSatisfy { access(path(of: sha256, $0, version), F_OK) == 0 }
  }

  /// Removes the previews of a deleted blob.
  func removePreviews(of sha256: Digest) {
    for size in PreviewSize.allCases {
      for version in PreviewVersion.all { unlink(path(of: sha256, size, version)) }
      unlink(path(of: sha256, PreviewVersion.formerSuffix(size)))
    }
  }

  /// Moves a version's previews of a blob to `doomed/`, whose files are removed later.
  func doomPreviews(of sha256: Digest, version: Int) {
    for size in PreviewSize.allCases {
      let place = path(of: sha256, size, version)
      let name = Hex.encode(sha256) + PreviewVersion.suffix(version, size)
      rename(place, "\(root)/doomed/\(name)")
    }
  }

  /// Calls `visit` with every stored preview, including sizes that are no longer made.
  func eachPreview(_ visit: (StoredPreview) throws -> Void) throws {
    for byte in UInt8.min...UInt8.max {
      let prefix = Hex.encode([byte])
      let folder = "\(previews)/\(prefix)"
      guard access(folder, F_OK) == 0 else { continue }
      for (name, status) in try Self.files(in: folder) {
        guard let sha256 = Digest(hex: prefix + name.prefix { $0 != "-" })
        else { continue }
        try visit(
          StoredPreview(
            sha256: sha256, version: PreviewVersion.of(name), path: "\(folder)/\(name)",
            age: Self.age(status)))
      }
    }
  }

  private var previews: String { "\(root)/previews" }

  private func path(of sha256: Digest, _ size: PreviewSize, _ version: Int) -> String {
    path(of: sha256, PreviewVersion.suffix(version, size))
  }

  /// Returns the path of a preview with this suffix.
  func path(of sha256: Digest, _ suffix: String) -> String {
    let digits = Hex.encode(sha256)
    return "\(previews)/\(digits.prefix(2))/\(digits.dropFirst(2))\(suffix)"
  }

  /// Returns the folder of a blob's previews, and creates it if necessary.
  func makeFolder(of sha256: Digest) throws -> String {
    let folder = "\(previews)/\(Hex.encode(sha256).prefix(2))"
    guard access(folder, X_OK) != 0 else { return folder }
    try make("/previews")
    try make("/previews/\(Hex.encode(sha256).prefix(2))")
    try Self.sync(root)
    try Self.sync(previews)
    return folder
  }
}
