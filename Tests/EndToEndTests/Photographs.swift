import Support
import Testing

/// Real photographs of Debian's packages, and different crops of them.
enum Photographs {
  private static let side = 320

  /// Makes `count` files; the last tenth are the first ones, saved again.
  static func make(_ count: Int, in folder: TemporaryDirectory) throws -> [WebFile] {
    let listed = try Program.run(["\(Products.checkout)/.dev/photos"])
    try #require(listed.code == 0, "\(listed.errors)")
    let source = String(listed.text.prefix { $0 != "\n" })
    let photos = try Files.names(in: source).map { "\(source)/\($0)" }
    var crops: [[String]] = []
    for (number, photo) in photos.enumerated() {
      crops.append(try tiles(of: photo, in: "\(folder.path)/\(number)"))
    }
    // Take turns, so that few pictures still come from many photographs.
    let longest = crops.map(\.count).max() ?? 0
    let inTurns = (0..<longest).flatMap { place in
      crops.compactMap { place < $0.count ? $0[place] : nil }
    }
    let copies = count / 10
    let originals = (photos + inTurns).prefix(count - copies)
    try #require(originals.count == count - copies, "there are \(originals.count) crops only")
    let again = try inTurns.prefix(copies).map(Images.recompressed)
    return (originals + again).enumerated().map { WebFile("\($0.offset).jpg", at: $0.element) }
  }

  /// Crops without overlap; small files, which show only sky, are left out.
  private static func tiles(of photo: String, in base: String) throws -> [String] {
    let cut = try Program.run([
      "vips", "dzsave", photo, base, "--tile-size", "\(side)", "--overlap", "0", "--depth", "one",
      "--suffix", ".jpg[Q=90]",
    ])
    try #require(cut.code == 0, "\(cut.errors)")
    let folder = "\(base)_files/0"
    return try Files.names(in: folder).map { "\(folder)/\($0)" }.filter {
      try Files.bytes($0).count > 8000
    }
  }
}
