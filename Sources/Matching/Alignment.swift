internal import Imaging

/// Two pictures laid upon one another as well as they can be.
package struct Alignment: Sendable, Equatable {
  /// Normalised cross-correlation of what lies upon one another, -1…1.
  package let correlation: Float
  /// The median of the same within 64 blocks, -1…1.
  package let detail: Float
  /// How the second was turned, 1…8 as in EXIF.
  package let orientation: Int
  /// The part of the first that lies upon the second.
  package let first: Part
  /// The part of the second, turned, that lies upon the first.
  package let second: Part

  /// Aligns two pictures from where their fingerprints suspect it.
  package init?(_ first: [UInt8], _ second: [UInt8], _ suspicion: Suspicion) {
    guard let one = LumaSquare(first), let other = LumaSquare(second) else { return nil }
    var found: [Alignment] = []
    if let turn = suspicion.orientation ?? (suspicion.corner ? 1 : nil),
      let turned = LumaSquare(second, turned: turn)
    {
      found.append(Self.place(turned, in: one, from: .whole, turn))
      found.append(Self.place(one, in: turned, from: .whole, turn).exchanged)
    }
    if let window = suspicion.partOfFirst {
      found.append(Self.place(other, in: one, from: Part(CropWindow.all[window]), 1))
    }
    if let window = suspicion.partOfSecond {
      found.append(Self.place(one, in: other, from: Part(CropWindow.all[window]), 1).exchanged)
    }
    guard var best = found.first else { return nil }
    for one in found.dropFirst() where one.quality > best.quality { best = one }
    self = best
  }

  private var quality: Float { correlation + detail }

  private init(
    _ correlation: Float, _ detail: Float, _ orientation: Int, _ first: Part, _ second: Part
  ) {
    self.correlation = correlation
    self.detail = detail
    self.orientation = orientation
    self.first = first
    self.second = second
  }

  private init(exchanged other: Alignment) {
    correlation = other.correlation
    detail = other.detail
    orientation = other.orientation
    first = other.second
    second = other.first
  }

  private var exchanged: Alignment { Alignment(exchanged: self) }

  /// The part of `whole` that is most like `part`, looked for by ever smaller steps.
  private static func place(
    _ part: LumaSquare, in whole: LumaSquare, from start: Part, _ orientation: Int
  ) -> Alignment {
    var best = start
    for (fields, steps) in [(16, [Float(0.04), 0.02]), (32, [0.01, 0.005])] {
      let view = View(part, fields)
      var quality = view.correlation(with: whole, best)
      for step in steps { view.climb(whole, step, &best, &quality) }
      // Nothing at all alike: what follows costs four times as much.
      if quality < 0.3 { return Alignment(quality, 0, orientation, best, .whole) }
    }
    let view = View(part, 32)
    return Alignment(
      view.correlation(with: whole, best), view.detail(with: whole, best), orientation, best,
      .whole)
  }
}

extension Part {
  init(_ window: CropWindow) {
    self.init(
      x: Float(window.x), y: Float(window.y), width: Float(window.side), height: Float(window.side))
  }
}
