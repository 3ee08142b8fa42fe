/// What is usual for generated pictures and proves nothing: advice for a person who looks.
///
/// Statistics of noise and spectrum are not here: on pairs of the same scene they did no better
/// than chance, because what they had learned were contents.
enum OriginSignal {
  /// No signal carries a score beyond this.
  private static let most = 0.6
  /// How much likelier the size is among generated pictures: a cautious guess, since it depends on
  /// what customers send.
  private static let likelihoodRatio = 3.0

  // Native sizes of SDXL, Midjourney, DALL·E 3, GPT image and Imagen, the shorter side first. Not
  // the squares, nor 1024 by 1536: data sets and printers use those, too.
  private static let sizes: [Int: Set<Int>] = [
    768: [1344, 1408], 816: [1456], 832: [1216], 896: [1152, 1280, 1344], 928: [1232],
    1024: [1792],
  ]

  /// A sentence, when a picture has the exact size of a generator's output and names no camera.
  static func generatorSize(
    _ statements: [some OriginStatement], _ width: Int, _ height: Int
  ) -> String? {
    let isPhotograph = statements.contains { $0.field == "exif:Make" || $0.field == "exif:Model" }
    guard !isPhotograph, sizes[min(width, height)]?.contains(max(width, height)) == true else {
      return nil
    }
    return "\(width) × \(height) is a size that generators make, and no camera is named"
  }

  /// The prior with the signal's weight.
  static func raised(_ prior: Double) -> Double {
    let odds = prior / (1 - prior) * likelihoodRatio
    return max(prior, min(most, odds / (1 + odds)))
  }
}
