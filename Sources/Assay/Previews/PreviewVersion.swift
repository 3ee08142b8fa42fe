/// How previews are made; each version has file names of its own, so that an address never shows
/// what another version has made.
enum PreviewVersion {
  /// The version that is made now.
  static let current = 2
  /// All versions that may be on the disk.
  ///
  /// Version 1 has wrong colours where a picture has no profile, and keeps alpha.
  static let all = 1...current

  /// The end of a file's name, behind the digest: `-320.webp`, `-v2-320.webp`.
  static func suffix(_ version: Int, _ size: PreviewSize) -> String {
    version == 1 ? "-\(size.rawValue).webp" : "-v\(version)-\(size.rawValue).webp"
  }

  /// The version that a file's name tells.
  static func of(_ name: String) -> Int {
    let parts = name.split(separator: "-")
    guard parts.count == 3, parts[1].first == "v" else { return 1 }
    return Int(parts[1].dropFirst()) ?? 1
  }
}
