/// Weak signals, common among generated pictures, that prove nothing: hints for a person.
///
/// Statistics of noise and spectrum are not used: on pairs of the same scene they were no better
/// than chance, because they had learned the contents.
enum OriginSignal {
  /// Maximum score that a signal can give.
  private static let most = 0.6
  /// The likelihood ratio of such a size.
  ///
  /// It is a cautious guess, because it depends on the pictures that customers send.
  private static let likelihoodRatio = 3.0

  // Native sizes of SDXL, Midjourney, DALL·E 3, GPT image and Imagen, the shorter side first.
  // Squares and 1024 by 1536 are left out, because data sets and printers use them, too.
  private static let sizes: [Int: Set<Int>] = [
    768: [1344, 1408], 816: [1456], 832: [1216], 896: [1152, 1280, 1344], 928: [1232],
    1024: [1792],
  ]

  /// A sentence if a picture has the exact size of a generator's output and names no camera.
  static func generatorSize(
    _ statements: [some OriginStatement], _ width: Int, _ height: Int
  ) -> String? {
    let isPhotograph = statements.contains { $0.field == "exif:Make" || $0.field == "exif:Model" }
    guard !isPhotograph, sizes[min(width, height)]?.contains(max(width, height)) == true else {
      return nil
    }
    return "\(width) × \(height) is a usual size of generated pictures, and no camera is named"
  }

  /// The probability after a signal, by Bayes' rule from the prior.
  static func raised(_ prior: Double) -> Double {
    let odds = prior / (1 - prior) * likelihoodRatio
    return max(prior, min(most, odds / (1 + odds)))
  }
}
