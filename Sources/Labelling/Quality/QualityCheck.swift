/// One thing that quality control looks for in a picture itself, and flags.
package struct QualityCheck: Sendable {
  /// A stable word.
  package let flag: String
  /// The first level that says it.
  package let level: QualityLevel
  /// Flagged beyond this, unless the operator says otherwise.
  package let threshold: Double
  /// What the operator may set the threshold to; nil where there is nothing to set.
  package let range: ClosedRange<Double>?

  private let side: Side
  private let value: @Sendable (Measurements) -> Double?
  private let whole: @Sendable (Measurements) -> Double?

  private enum Side: Sendable { case below, above }

  /// All checks, in the order of their flags.
  ///
  /// The figures were fitted on 47 pictures (lomiri-wallpapers, mate-backgrounds and what
  /// scikit-image brings), each as it is, at half its size, cropped, recompressed at quality 30,
  /// noisy, and with half the contrast; against the same blurred, darkened, bleached and tinted.
  package static let all: [QualityCheck] = [
    // The first says that nothing else can be said.
    corrupt,
    // Rows that a decoder fills with gray, because the file's data ends early.
    above("incomplete", 0, nil, .standard, of: { $0.rows.map(Double.init) }) {
      $0.missingRows.map(Double.init)
    },
    // 224 is what common classifiers look at: a smaller picture is enlarged for them.
    below("low_resolution", 224, 0...100_000, .basic) { Double(min($0.width, $0.height)) },
    // Finds all that was blurred before, 91 % of what a Gaussian of 2 % of the shorter side has
    // blurred, and 98 % at 3 %; takes none of the sharp for it. What is soft only at full size
    // passes: 62 % are found at 1.5 %, 19 % at 1 %.
    below("blurry", 1, 0...10, .standard, \.sharpness),
    // CleanVision's bounds are 0.32 and 0.95, of much the same values. Found are all pictures left
    // with 30 % of their values, 15 % with half, 94 % of those bleached by nine tenths; none as it
    // came.
    below("dark", 0.32, 0...1, .standard, \.highlight),
    above("bright", 0.9, 0...1, .standard, \.shadow),
    // Photographs have 4 bits and more, very dark ones 3; plain areas and silhouettes less.
    below("low_information", 3, 0...8, .standard, \.entropy),
    // As in CleanVision: panoramas, banners, strips.
    below("odd_aspect_ratio", 0.35, 0...1, .standard) {
      Double(min($0.width, $0.height)) / Double(max(1, $0.width, $0.height))
    },
    // Only the first frame or page is shown to labelers.
    above("animated", 1, nil, .standard) { $0.frames.map(Double.init) },
    // JPEG leaves 1 of chroma where there was none; a faint sepia has 7, a coloured picture left
    // with a fifth of its values 4.
    below("grayscale", 4, 0...16, .strict, \.colour),
    above("has_gps", 0, nil, .strict) { $0.hasPosition.map { $0 ? 1 : 0 } },
  ]

  static let corrupt = above("corrupt", 0, nil, .basic) { $0.isCorrupt ? 1 : 0 }

  private static func below(
    _ flag: String, _ threshold: Double, _ range: ClosedRange<Double>?, _ level: QualityLevel,
    _ value: @escaping @Sendable (Measurements) -> Double?
  ) -> QualityCheck {
    QualityCheck(
      flag: flag, level: level, threshold: threshold, range: range, side: .below, value: value,
      whole: { _ in nil })
  }

  private static func above(
    _ flag: String, _ threshold: Double, _ range: ClosedRange<Double>?, _ level: QualityLevel,
    of whole: @escaping @Sendable (Measurements) -> Double? = { _ in nil },
    _ value: @escaping @Sendable (Measurements) -> Double?
  ) -> QualityCheck {
    QualityCheck(
      flag: flag, level: level, threshold: threshold, range: range, side: .above, value: value,
      whole: whole)
  }

  /// What one check says of one picture.
  package struct Finding: Equatable, Sendable {
    /// The check's word.
    package let flag: String
    /// What was measured.
    package let value: Double
    /// What it was compared with.
    package let threshold: Double
    /// The number of all parts, when the value counts parts.
    package let whole: Double?
    /// Whether the picture is flagged.
    package let isFlagged: Bool
  }

  /// What the checks of a level say of a picture, those that can be made, in the order of `all`.
  package static func findings(
    _ measured: Measurements, _ level: QualityLevel, _ thresholds: QualityThresholds
  ) -> [Finding] {
    (measured.isCorrupt ? [corrupt] : all).compactMap { check in
      guard check.level <= level, let threshold = thresholds.of(check),
        let value = check.value(measured)
      else { return nil }
      let isFlagged = check.side == .below ? value < threshold : value > threshold
      return Finding(
        flag: check.flag, value: value, threshold: threshold, whole: check.whole(measured),
        isFlagged: isFlagged)
    }
  }
}
