/// What of two pictures lies upon one another.
package struct Overlap: Equatable, Sendable {
  /// How the other must be turned to lie upon this one, 1…8 as in EXIF.
  package let orientation: Int
  /// What of this one lies upon the other: x, y, width and height, 0…1.
  package let part: [Double]
  /// What of the other lies upon this one, in the picture that it is turned to.
  package let otherPart: [Double]

  /// An overlap as it was found.
  package init(orientation: Int, part: [Double], otherPart: [Double]) {
    self.orientation = orientation
    self.part = part
    self.otherPart = otherPart
  }

  /// The same, seen from the other picture.
  package var exchanged: Overlap {
    // A quarter turn is undone by one the other way, all else by itself.
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
