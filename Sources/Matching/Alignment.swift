internal import Imaging

/// The best alignment of two pictures.
package struct Alignment: Sendable, Equatable {
  /// Normalised cross-correlation of the overlap, -1…1: the mean of nine overlapping quarters of
  /// it.
  package let correlation: Float
  /// The mean correlation of 64 blocks of the normalised pictures, -1…1, weighted by the detail in
  /// each block.
  package let detail: Float
  /// The difference at one compact place that noise does not explain, in levels of brightness; about
  /// 0 for copies.
  package let residual: Float
  /// The orientation of the second picture, 1…8 as in EXIF.
  package let orientation: Int
  /// The part of the first picture that overlaps the second.
  package let first: Part
  /// The part of the second picture, after it is turned, that overlaps the first.
  package let second: Part

  /// Aligns two pictures, starting at the place that their fingerprints suggest.
  package init?(_ first: [UInt8], _ second: [UInt8], _ suspicion: Suspicion) {
    guard let one = LumaSquare(even: first), let other = LumaSquare(even: second) else {
      return nil
    }
    var found: [Place] = []
    if let turn = suspicion.orientation ?? (suspicion.patch ? 1 : nil),
      let turned = turn == 1 ? other : LumaSquare(even: second, turned: turn)
    {
      found.append(Place(of: turned, in: one, from: .whole, turn, isSecond: true))
      found.append(Place(of: one, in: turned, from: .whole, turn, isSecond: false))
    }
    if let window = suspicion.partOfFirst {
      found.append(Place(of: other, in: one, from: Part(CropWindow.all[window]), 1, isSecond: true))
    }
    if let window = suspicion.partOfSecond {
      found.append(
        Place(of: one, in: other, from: Part(CropWindow.all[window]), 1, isSecond: false))
    }
    guard let best = found.max(by: { $0.quality < $1.quality }),
      let plain = LumaSquare(first), let turned = LumaSquare(second, turned: best.orientation)
    else { return nil }
    let view = View(best.isSecond ? turned : plain, Place.fields)
    let whole = best.isSecond ? plain : turned
    correlation = view.quarters(with: whole, best.part)
    detail = best.detail(weights: view.weights(with: whole, best.part))
    // An object that moved in a plain picture looks like a crop: then the pictures agree nearly
    // everywhere without any crop.
    let isCrop = best.orientation == 1 && best.part != .whole
    residual = max(
      view.residual(with: whole, best.part), isCrop ? view.residualAtRest(with: whole) : 0)
    orientation = best.orientation
    self.first = best.isSecond ? best.part : .whole
    self.second = best.isSecond ? .whole : best.part
  }
}

/// The place of one picture within another.
private struct Place {
  static let fields = 32
  private(set) var part: Part
  let orientation: Int
  /// Whether the second lies within the first.
  let isSecond: Bool
  private let view: View
  private let whole: LumaSquare
  let quality: Float

  /// Finds the part of `whole` that is most similar to `picture`, in steps of decreasing size.
  init(
    of picture: LumaSquare, in whole: LumaSquare, from start: Part, _ orientation: Int,
    isSecond: Bool
  ) {
    (part, self.orientation, self.isSecond) = (start, orientation, isSecond)
    (view, self.whole) = (View(picture, Self.fields), whole)
    var correlation: Float = 0
    let stages = [(View(picture, 16), [Float(0.04), 0.02]), (view, [0.01, 0.005, 0.0025])]
    for (view, steps) in stages {
      correlation = view.correlation(with: whole, part)
      for step in steps { view.climb(whole, step, &part, &correlation) }
    }
    quality = correlation + view.detail(with: whole, part)
  }

  func detail(weights: [Float]) -> Float { view.detail(with: whole, part, weights: weights) }
}

extension Part {
  init(_ window: CropWindow) {
    self.init(
      x: Float(window.x), y: Float(window.y), width: Float(window.side), height: Float(window.side))
  }
}
