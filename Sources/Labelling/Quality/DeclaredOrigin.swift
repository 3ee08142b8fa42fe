/// How strongly a file's statements say that a model made the picture.
enum DeclaredOrigin {
  /// The statement that says it most strongly, as `field: value`; nil when none does.
  static func strongest(of statements: [some OriginStatement])
    -> (score: Double, reason: String)?
  {
    let isChunked = GeneratorTexts.areChunks(statements.map(\.field))
    let ranked = statements.compactMap { statement in
      score(statement.field, statement.value, isChunked: isChunked).map {
        (score: $0, reason: "\(statement.field): \(statement.value)")
      }
    }
    // Of equals the first: the order is that of the file.
    return ranked.reduce(nil) { best, next in
      guard let best, best.score >= next.score else { return next }
      return best
    }
  }

  private static func score(_ field: String, _ value: String, isChunked: Bool) -> Double? {
    if field.hasSuffix("igitalSourceType") {
      return source(value, isPart: field.hasPrefix("c2pa:part:"))
    }
    if GeneratorTexts.isGenerators(field, value) || isChunked && field == "png:prompt" {
      return 0.97
    }
    return GeneratorNames.isSigned(field, value) ? 0.95 : nil
  }

  // IPTC's digital source types (NewsCodes), and those that C2PA adds. A picture of which a part was
  // generated is a composite.
  private static func source(_ value: String, isPart: Bool) -> Double? {
    switch value.split(whereSeparator: { $0 == "/" || $0 == ":" }).last?.lowercased() {
    case "trainedalgorithmicmedia", "trainedalgorithmicdata": isPart ? 0.9 : 0.99
    case "compositewithtrainedalgorithmicmedia": 0.9
    // With synthetic elements, which a model need not have made.
    case "compositesynthetic": 0.7
    default: nil
    }
  }
}
