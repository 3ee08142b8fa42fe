internal import Glibc

/// The names of all settings.
package enum SettingNames {
  /// The names, as in docs/settings.md.
  package static let all = [
    "ASSAY_DATABASE", "ASSAY_STORE", "ASSAY_SECRETS", "ASSAY_DECODE", "ASSAY_SQL", "ASSAY_QC",
    "ASSAY_QC_THRESHOLDS", "ASSAY_THREADS", "ASSAY_PUBLIC_URL", "ASSAY_FILE_LIMIT",
    "ASSAY_REQUEST_LIMIT", "ASSAY_UPLOAD_SECONDS", "ASSAY_COMPARED", "ASSAY_LIMITS",
    "ASSAY_CORS_ORIGINS", "ASSAY_SMTP", "ASSAY_MAIL_FROM", "ASSAY_SMTP_USER", "ASSAY_SMTP_CA",
    "ASSAY_ISSUER", "ASSAY_ISSUER_AUDIENCE", "ASSAY_ISSUER_JWKS", "ASSAY_ISSUER_CA",
    "ASSAY_AI_PRIOR", "ASSAY_AI_MODEL", "ASSAY_ONNX_RUNTIME", "ASSAY_S3_ENDPOINT",
    "ASSAY_S3_BUCKET", "ASSAY_S3_REGION", "ASSAY_S3_PATH_STYLE", "ASSAY_S3_CA",
    "ASSAY_SCRUB_RATE",
  ]

  /// Returns a sentence for each name that begins like a setting's and is none.
  package static func faults(in names: [String]) -> [String] {
    names.filter { $0.hasPrefix("ASSAY_") && !all.contains($0) }.sorted().map { name in
      guard let nearest = nearest(to: name) else {
        return "\(name) is not a setting: docs/settings.md lists them all."
      }
      return "\(name) is not a setting: \(nearest) is the nearest name."
    }
  }

  /// Returns the names of the process's environment.
  package static var environment: [String] {
    var names: [String] = []
    var next = environ
    while let variable = next.pointee {
      names.append(String(String(cString: variable).prefix { $0 != "=" }))
      next = next.successor()
    }
    return names
  }

  /// Returns the name with the fewest differences, unless it differs in more than half of its letters.
  private static func nearest(to name: String) -> String? {
    let given = Array(name.utf8.dropFirst(6))
    let ranked = all.map { (name: $0, distance: distance(Array($0.utf8.dropFirst(6)), given)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }),
      best.distance * 2 <= given.count
    else { return nil }
    return best.name
  }

  /// Returns the number of letters to insert, delete or replace (Levenshtein's distance).
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (i, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, another) in other.enumerated() {
        let replaced = diagonal + (letter == another ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}
