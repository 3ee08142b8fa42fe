/// A check of quality control on a single picture, and its flag.
package struct QualityCheck: Sendable {
  /// The flag, a stable word.
  package let flag: String
  /// The lowest level that includes the check.
  package let level: QualityLevel
  /// The default threshold.
  package let threshold: Double
  /// The range of thresholds that the operator may set; nil when the threshold is fixed.
  package let range: ClosedRange<Double>?

  private let side: Side
  private let value: @Sendable (Measurements) -> Double?
  private let whole: @Sendable (Measurements) -> Double?

  private enum Side: Sendable { case below, above }

  /// All checks, in the order of their flags.
  ///
  /// The figures were fitted on 47 pictures (lomiri-wallpapers, mate-backgrounds and those of
  /// scikit-image), each in its original form, at half its size, cropped, recompressed at quality
  /// 30, noisy, and with half the contrast; compared with the same pictures blurred, darkened,
  /// bleached and tinted.
  package static let all: [QualityCheck] = [
    // For a corrupt picture no other check is possible.
    corrupt,
    // Rows that a decoder fills with gray, because the file's data ends early.
    above("incomplete", 0, nil, .standard, of: { $0.rows.map(Double.init) }) {
      $0.missingRows.map(Double.init)
    },
    // Common classifiers take 224 pixels: a smaller picture is enlarged for them.
    below("low_resolution", 224, 0...100_000, .basic) { Double(min($0.width, $0.height)) },
    // Finds all pictures that were blurred before this processing, 91 % of those blurred with a
    // Gaussian of 2 % of the shorter side, and 98 % at 3 %, with no false positives. Pictures that
    // are soft only at full size pass: it finds 62 % at 1.5 % and 19 % at 1 %.
    below("blurry", 1, 0...10, .standard, \.sharpness),
    // CleanVision's thresholds are 0.32 and 0.95, of nearly the same measures. Finds all pictures
    // with 30 % of their values, 15 % of those with half, and 94 % of those bleached by nine
    // tenths; none of the originals.
    below("dark", 0.32, 0...1, .standard, \.highlight),
    above("bright", 0.9, 0...1, .standard, \.shadow),
    // Photographs have at least 4 bits, very dark ones 3; plain areas and silhouettes less.
    below("low_information", 3, 0...8, .standard, \.entropy),
    // As in CleanVision: it finds panoramas, banners and strips.
    below("odd_aspect_ratio", 0.35, 0...1, .standard) {
      Double(min($0.width, $0.height)) / Double(max(1, $0.width, $0.height))
    },
    // Labelers see only the first frame or page.
    above("animated", 1, nil, .standard) { $0.frames.map(Double.init) },
    // JPEG adds a chroma of 1 to gray pictures. A faint sepia has 7; a coloured picture with a
    // fifth of its values has 4.
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

  /// The result of one check on one picture.
  package struct Finding: Equatable, Sendable {
    /// The check's flag.
    package let flag: String
    /// The measured value.
    package let value: Double
    /// The threshold that it was compared with.
    package let threshold: Double
    /// The total number of parts, when the value counts parts.
    package let whole: Double?
    /// Whether the picture is flagged.
    package let isFlagged: Bool
  }

  /// The results of a level's checks, if the measurement exists, in the order of `all`.
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
