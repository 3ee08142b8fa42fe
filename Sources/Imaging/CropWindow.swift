/// A square part of a picture that was stretched to a square, in coordinates 0…1.
package struct CropWindow: Sendable, Equatable {
  /// Left edge.
  package let x: Double
  /// Top edge.
  package let y: Double
  /// Its share of the width and the height.
  package let side: Double

  /// The whole picture.
  package static let whole = CropWindow(x: 0, y: 0, side: 1)

  /// The sides of the windows, and their number in a row.
  package static let sizes: [(side: Double, places: Int)] = [
    (0.93, 3), (0.86, 4), (0.79, 5), (0.71, 8),
  ]

  /// The common crops: 114 windows with 93, 86, 79 and 71 % of each side.
  package static let all: [CropWindow] = sizes.flatMap { side, places in
    (0..<places).flatMap { row in
      (0..<places).map { column in
        let step = (1 - side) / Double(places - 1)
        return CropWindow(x: Double(column) * step, y: Double(row) * step, side: side)
      }
    }
  }

  /// The windows that are compared at the same place: the corners of the second size, the middle of
  /// the last.
  ///
  /// A caption or a mark changes some of them; captions above and below change all but the middle.
  package static let patches = [9, 12, 21, 24, 86]
}
