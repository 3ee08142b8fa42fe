/// The overlap of two pictures.
package struct Overlap: Equatable, Sendable {
  /// The orientation of the other picture relative to this one, 1…8 as in EXIF.
  package let orientation: Int
  /// The overlapping part of this picture: x, y, width and height, 0…1.
  package let part: [Double]
  /// The overlapping part of the other picture, after it is turned.
  package let otherPart: [Double]

  /// An overlap with these values.
  package init(orientation: Int, part: [Double], otherPart: [Double]) {
    self.orientation = orientation
    self.part = part
    self.otherPart = otherPart
  }

  /// The same overlap with the two pictures exchanged.
  package var exchanged: Overlap {
    // The inverse of a quarter turn is the opposite quarter turn; the others are their own
    // inverses.
    let back = [6: 8, 8: 6][orientation] ?? orientation
    return Overlap(
      orientation: back, part: Self.turn(otherPart, by: back), otherPart: Self.turn(part, by: back))
  }

  private static func turn(_ part: [Double], by orientation: Int) -> [Double] {
    guard part.count == 4 else { return part }
    let (x, y, width, height) = (part[0], part[1], part[2], part[3])
    let (right, below) = (1 - x - width, 1 - y - height)
    return switch orientation {
    case 2: [right, y, width, height]
    case 3: [right, below, width, height]
    case 4: [x, below, width, height]
    case 5: [y, x, height, width]
    case 6: [below, x, height, width]
    case 7: [below, right, height, width]
    case 8: [y, right, height, width]
    default: part
    }
  }
}
