internal import Decoding
internal import Glibc
internal import Imaging

/// A picture of transforms.py or scenes.py: `PHOTO-BASE-NAME.jpg`.
struct Specimen {
  let photo: String
  let base: String
  /// The transform, or `original`.
  let name: String
  let likeness: Likeness

  /// Whether it is one of the scenes of scenes.py: then `photo` is the scene, and `base` its state.
  var isScene: Bool { !kind.isEmpty }

  /// The kind of scene; empty for photographs.
  var kind: String { String(photo.prefix { $0.isLetter }) }

  init?(_ file: String, in folder: String) {
    let parts = file.dropLast(4).split(separator: "-", maxSplits: 2)
    guard file.hasSuffix(".jpg"), parts.count == 3, let bytes = contents("\(folder)/\(file)"),
      let decoded = bytes.withUnsafeBytes({ PlanarPicture(jpeg: $0, Self.sides) }),
      let likeness = decoded.coloured.plane.likeness(orientation: 1)
    else { return nil }
    (photo, base, name) = (String(parts[0]), String(parts[1]), String(parts[2]))
    self.likeness = likeness
  }

  /// Whether one is a copy of the other; nil for two copies of one picture, which may show different
  /// parts of it, and for copies of scenes that are not the same.
  func isCopy(of other: Specimen) -> Bool? {
    let areOriginals = name == "original" && other.name == "original"
    if photo == other.photo && base == other.base {
      return name == "original" || other.name == "original" ? true : nil
    }
    return isScene && !areOriginals ? nil : false
  }

  /// As quality control sees a picture: decoded for its previews, too.
  private static let sides = PreviewSides(large: 1280, small: 320)

  static func all(in folder: String) -> [Specimen] {
    files(in: folder).compactMap { Specimen($0, in: folder) }
  }
}

/// The names in a folder, in order.
func files(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    names.append(
      withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      })
  }
  return names.filter { !$0.hasPrefix(".") }.sorted()
}

/// A file's bytes; nil when it cannot be read.
func contents(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0 else { return nil }
  return [UInt8](unsafeUninitializedCapacity: Int(facts.st_size)) { buffer, count in
    count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
  }
}
