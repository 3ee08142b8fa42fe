/// A square part of a picture that is itself stretched to a square; 0…1 is the whole.
package struct CropWindow: Sendable, Equatable {
  /// Where it begins, from the left.
  package let x: Double
  /// Where it begins, from the top.
  package let y: Double
  /// Its share of the width and of the height.
  package let side: Double

  /// All of the picture.
  package static let whole = CropWindow(x: 0, y: 0, side: 1)

  /// The sides of the windows, and how many stand in a row.
  package static let sizes: [(side: Double, places: Int)] = [
    (0.93, 3), (0.86, 4), (0.79, 5), (0.71, 8),
  ]

  /// The common crops: 114 windows that leave 93, 86, 79 and 71 hundredths of each side.
  package static let all: [CropWindow] = sizes.flatMap { side, places in
    (0..<places).flatMap { row in
      (0..<places).map { column in
        let step = (1 - side) / Double(places - 1)
        return CropWindow(x: Double(column) * step, y: Double(row) * step, side: side)
      }
    }
  }

  /// The windows that are compared where they are: the corners of the second size, the middle of
  /// the last.
  ///
  /// A caption or a mark spoils some, captions above and below all but the middle.
  package static let patches = [9, 12, 21, 24, 86]
}
