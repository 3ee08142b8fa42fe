import Accuracy
import Decoding
import Glibc
import Imaging
import Labelling
import Matching
import Support
import Testing

/// A small version of `.dev/accuracy`, which has more photographs and encodes their copies.
@Suite struct PhotographTests {
  private struct Shown {
    let base: Int
    let name: String
    let likeness: Likeness
  }

  /// Columns and rows of parts of one photograph.
  private static let (across, down) = (2, 2)
  private static let most = 40

  @Test func onlyCopiesOfPhotographsAreFound() throws {
    let bases = try Self.bases()
    try #require(bases.count >= 24)
    let shown = try bases.enumerated().flatMap { base, plane in
      try Self.copies(of: plane, base).map { name, copy in
        Shown(base: base, name: name, likeness: try #require(copy.likeness(orientation: 1)))
      }
    }
    var (found, strangers) = (0, 0)
    var search = Search(shown.map(\.likeness))
    for (first, second, suspicion) in search.suspicions() {
      let (one, other) = (shown[first], shown[second])
      guard let alignment = Alignment(one.likeness.luma, other.likeness.luma, suspicion),
        DuplicateScore.of(
          distance: suspicion.distance, correlation: Double(alignment.correlation),
          detail: Double(alignment.detail), residual: Double(alignment.residual)) >= 0.5
      else { continue }
      if one.base != other.base {
        strangers += 1
        Issue.record("\(one.base) \(one.name) is no copy of \(other.base) \(other.name)")
      } else if one.name == "original" || other.name == "original" {
        found += 1
      }
    }
    #expect(strangers == 0)
    #expect(Double(found) >= 0.97 * Double(shown.count - bases.count))
  }

  /// Parts without overlap; parts that are mostly sky are left out.
  private static func bases() throws -> [LumaPlane] {
    let run = try Program.run(["\(Products.checkout)/.dev/photos"])
    let folder = try #require(run.text.split(separator: "\n").last.map(String.init))
    var bases: [LumaPlane] = []
    for name in try Files.names(in: folder) where name.hasSuffix(".jpg") {
      let bytes = try Files.bytes("\(folder)/\(name)")
      let photo = try bytes.withUnsafeBytes { try JPEGLuma.decode($0, atLeast: 400) }
      for place in 0..<across * down {
        guard let photo, bases.count < most else { continue }
        let (width, height) = (photo.width / across, photo.height / down)
        let part = cut(photo, place % across * width, place / across * height, width, height)
        if part.averaged(to: 16).detail > 12 { bases.append(part) }
      }
    }
    return bases
  }

  private static func copies(of plane: LumaPlane, _ base: Int) -> [(String, LumaPlane)] {
    func cropped(_ share: Double) -> LumaPlane {
      let width = Int(Double(plane.width) * share), height = Int(Double(plane.height) * share)
      // At another place for each.
      let x = (plane.width - width) * (base * 7 % 11) / 10
      let y = (plane.height - height) * (base * 5 % 11) / 10
      return cut(plane, x, y, width, height)
    }
    let (width, height) = (plane.width, plane.height)
    return [
      ("original", plane), ("resized", plane.averaged(to: 96)), ("turned", plane.upright(from: 6)),
      ("mirrored", plane.upright(from: 2)), ("cut by 10 %", cropped(0.9)),
      ("cut by 20 %", cropped(0.8)), ("cut by 30 %", cropped(0.7)),
      (
        "framed",
        made(width + 40, height + 40) { x, y in
          x < 20 || y < 20 || x >= width + 20 || y >= height + 20
            ? 0 : plane.pixels[(y - 20) * width + x - 20]
        }
      ),
      ("captioned", made(width, height) { $1 < height / 8 ? 255 : plane.pixels[$1 * width + $0] }),
      ("brighter", made(width, height) { brighter[Int(plane.pixels[$1 * width + $0])] }),
      ("coarse", made(width, height) { plane.pixels[$1 * width + $0] & 0xe0 }),
    ]
  }

  private static let brighter = (0..<256).map { UInt8(pow(Double($0) / 255, 0.7) * 255) }

  private static func cut(_ plane: LumaPlane, _ x: Int, _ y: Int, _ width: Int, _ height: Int)
    -> LumaPlane
  { made(width, height) { plane.pixels[(y + $1) * plane.width + x + $0] } }

  private static func made(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> UInt8) -> LumaPlane {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height)
    for y in 0..<height { for x in 0..<width { pixels.append(pixel(x, y)) } }
    guard let plane = LumaPlane(pixels: pixels, width: width, height: height) else {
      fatalError("no pixels")
    }
    return plane
  }
}

extension LumaPlane {
  /// The deviation of the differences between neighbours.
  fileprivate var detail: Double {
    let differences = (0..<height).flatMap { y in
      (1..<width).map { x in Int(pixels[y * width + x]) - Int(pixels[y * width + x - 1]) }
    }
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    return (Double(squares) / Double(differences.count)).squareRoot()
  }
}
