/// The versions of previews.
///
/// Each has file names of its own, so that the content of an address never changes.
enum PreviewVersion {
  /// The version that is made now.
  static let current = 3
  /// All versions that may be on the disk.
  ///
  /// Version 1 has wrong colours where a picture has no profile, and keeps alpha. Versions 1 and 2
  /// are WebP files, version 3 is JPEG.
  static let all = 1...current

  /// Returns the end of a file's name, after the digest: `-320.webp`, `-v2-320.webp`, `-v3-320.jpg`.
  static func suffix(_ version: Int, _ size: PreviewSize) -> String {
    switch version {
    case 1: "-\(size.rawValue).webp"
    case 2: "-v2-\(size.rawValue).webp"
    default: "-v\(version)-\(size.rawValue).jpg"
    }
  }

  /// Returns the end of the name under which the previous release looks for the current version.
  ///
  /// nginx serves the JPEG file at that address, too.
  static func formerSuffix(_ size: PreviewSize) -> String { "-v\(current)-\(size.rawValue).webp" }

  /// Returns the version in a file's name.
  static func of(_ name: String) -> Int {
    let parts = name.split(separator: "-")
    guard parts.count == 3, parts[1].first == "v" else { return 1 }
    return Int(parts[1].dropFirst()) ?? 1
  }
}
