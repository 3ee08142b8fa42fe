/// What a picture's own metadata says of how it was made.
///
/// Declarations can be stripped or forged; a missing one says nothing. The score is therefore the
/// prior, never 0, when nothing is declared.
package struct OriginEvidence: Equatable, Sendable {
  /// 0…1.
  package let score: Double
  /// Stable words: `ai_metadata` or `ai_unknown`.
  package let flag: String
  /// The statement that decided, as `field: value`; nil when none did.
  package let reason: String?

  /// Judges a file's statements about itself.
  /// - Parameter prior: the share of generated pictures to expect when nothing is declared.
  package init(_ statements: [(field: String, value: String)], prior: Double) {
    let ranked = statements.compactMap { statement in
      Self.score(statement.field, statement.value).map { (score: $0, statement: statement) }
    }
    guard let best = ranked.max(by: { $0.score < $1.score }) else {
      (score, flag, reason) = (prior, "ai_unknown", nil)
      return
    }
    (score, flag) = (best.score, "ai_metadata")
    reason = "\(best.statement.field): \(best.statement.value)"
  }

  /// IPTC's digital source types (NewsCodes), then the marks of the known generators.
  private static func score(_ field: String, _ value: String) -> Double? {
    if value.contains("compositeWithTrainedAlgorithmicMedia") { return 0.9 }
    if value.contains("trainedAlgorithmicMedia") { return 0.99 }
    let name = field.lowercased()
    if generatorChunks.contains(where: { name.hasSuffix($0) }) { return 0.97 }
    let text = value.lowercased()
    return generators.contains { text.contains($0) } ? 0.95 : nil
  }

  /// PNG text chunks that only generators write.
  private static let generatorChunks = ["parameters", "prompt", "workflow", "sd-metadata"]

  /// Programs that make pictures from text, as they sign them.
  private static let generators = [
    "stable diffusion", "midjourney", "dall-e", "dall·e", "novelai", "comfyui", "invokeai",
    "automatic1111", "adobe firefly", "imagen", "flux.1", "leonardo.ai", "ideogram",
    "bing image creator", "dreamstudio", "playground.ai",
  ]
}
