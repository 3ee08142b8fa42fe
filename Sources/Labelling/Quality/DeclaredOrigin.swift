/// Rates how strongly a file's statements declare that a model made the picture.
enum DeclaredOrigin {
  /// The strongest such statement, as `field: value`; nil when there is none.
  static func strongest(of statements: [some OriginStatement])
    -> (score: Double, reason: String)?
  {
    let isChunked = GeneratorTexts.areChunks(statements.map(\.field))
    let ranked = statements.compactMap { statement in
      score(statement.field, statement.value, isChunked: isChunked).map {
        (score: $0, reason: "\(statement.field): \(statement.value)")
      }
    }
    // Of equally strong statements it takes the first, in the order of the file.
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

  // IPTC's digital source types (NewsCodes) and those of C2PA. A picture with a generated part is a
  // composite.
  private static func source(_ value: String, isPart: Bool) -> Double? {
    switch value.split(whereSeparator: { $0 == "/" || $0 == ":" }).last?.lowercased() {
    case "trainedalgorithmicmedia", "trainedalgorithmicdata": isPart ? 0.9 : 0.99
    case "compositewithtrainedalgorithmicmedia": 0.9
    // It has synthetic elements, but a model need not have made them.
    case "compositesynthetic": 0.7
    default: nil
    }
  }
}
