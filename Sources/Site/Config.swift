package import Labelling
package import Outbound
package import S3

internal import Glibc

/// The reason why the program does not start with these settings.
package struct ConfigError: Error, CustomStringConvertible {
  /// One sentence for each fault.
  package let sentences: [String]

  /// All sentences, a line each.
  package var description: String { sentences.joined(separator: "\n") }

  init(sentences: [String]) { self.sentences = sentences }
  init(description: String) { self.init(sentences: [description]) }
}

/// The place where quality control runs.
package enum QualityMode: String, Sendable {
  /// Worker processes, which take chunks from the queue.
  case worker
  /// The request that starts it.
  case inline
}

/// The operator's settings, from the environment.
package struct Config: Sendable {
  /// The libpq connection string, without a user.
  package var database: String
  /// The directory of stored pictures.
  package var store: String
  /// The path of assay-decode.
  package var decode: String
  /// The folder of the migrations; nil when it is not set.
  package var migrations: String?
  /// The place where quality control runs.
  package var quality: QualityMode
  /// The number of threads of one API process; each has one connection.
  package var threads: Int
  /// The public URL of the service; nil uses the origin of each request.
  package var publicURL: String?
  /// The maximum size of a picture, in bytes.
  package var fileLimit: Int
  /// The maximum size of an upload request, in bytes; nginx has the same limit.
  package var requestLimit: Int
  /// Seconds after which an upload starts no further file; nginx gives up after 60.
  package var uploadSeconds: Int
  /// An item's AI score when nothing is known about it; greater than 0.
  package var aiPrior: Double
  /// The thresholds above or below which pictures are flagged.
  package var thresholds: QualityThresholds
  /// The operator's model for the detection of generated pictures; nil for none.
  package var detector: Detector.Settings?
  /// The number of pictures of one organization that a worker keeps in memory for comparison.
  package var comparedInMemory: Int
  /// The bucket for announced uploads; nil when the local nginx receives them.
  package var s3: S3Configuration?
  /// The mail server; nil when the site sends no letters.
  package var mail: MailServer?
  /// The external issuer whose tokens are also accepted; nil for none.
  package var issuer: ExternalIssuer.Settings?
  /// The origins whose pages may read answers (CORS); empty by default.
  package var origins: Origins
  /// Whether requests are limited; the throttle on failed sign-ins is always on.
  package var hasLimits: Bool
  /// The key for access tokens.
  package var tokenKey: [UInt8]
  /// The key for links that nginx serves; text, because nginx's configuration has the same.
  package var linkKey: String

  /// Reads the settings of the API and the worker.
  /// - Throws: `ConfigError` with one sentence for each fault.
  package init(environment given: @escaping (String) -> String? = Config.environment) throws {
    var read = SettingReader(given)
    database = read.required("ASSAY_DATABASE")
    store = read.required("ASSAY_STORE")
    decode = read.required("ASSAY_DECODE")
    migrations = read.value("ASSAY_SQL")
    quality = read.choice("ASSAY_QC", of: ["worker", "inline"]) == "inline" ? .inline : .worker
    threads = read.number("ASSAY_THREADS", 8, 1...256)
    publicURL = read.attempt(nil) { try Self.publicURL($0.value("ASSAY_PUBLIC_URL")) }
    fileLimit = read.number("ASSAY_FILE_LIMIT", 20 << 20, 1...(1 << 32))
    requestLimit = read.number("ASSAY_REQUEST_LIMIT", 200 << 20, 1...(1 << 36))
    uploadSeconds = read.number("ASSAY_UPLOAD_SECONDS", 35, 0...3600)
    aiPrior = read.attempt(0.1) { try Self.prior($0.value("ASSAY_AI_PRIOR")) }
    detector = read.value("ASSAY_AI_MODEL").map { [library = read.value("ASSAY_ONNX_RUNTIME")] in
      Detector.Settings(model: $0, library: library)
    }
    thresholds = read.attempt(QualityThresholds()) {
      try Self.thresholds($0.value("ASSAY_QC_THRESHOLDS"))
    }
    comparedInMemory = read.number("ASSAY_COMPARED", 100_000, 0...1_000_000)
    s3 = read.attempt(nil) { try S3Configuration(environment: $0.value) }
    origins = read.attempt(Origins()) { try Origins($0.value("ASSAY_CORS_ORIGINS")) }
    hasLimits = read.choice("ASSAY_LIMITS", of: ["on", "off"]) == "on"
    let secrets = read.required("ASSAY_SECRETS")
    // Without their folder the secrets would only repeat its fault.
    let isReadable = !secrets.isEmpty
    tokenKey = read.attempt([]) { _ in
      isReadable ? Array(try SecretFile.key("\(secrets)/token.key").utf8) : []
    }
    linkKey = read.attempt("") { _ in isReadable ? try SecretFile.key("\(secrets)/link.key") : "" }
    mail = read.attempt(nil) { try MailServer(environment: $0.value, secrets: secrets) }
    if read.value("ASSAY_SMTP") != nil, publicURL == nil {
      // Otherwise the Host header of the person who requests a letter would choose the link's
      // target.
      read.attempt(()) { _ in
        throw ConfigError(description: "ASSAY_PUBLIC_URL must be set when ASSAY_SMTP is.")
      }
    }
    issuer = read.attempt(nil) {
      try ExternalIssuer.Settings(environment: $0.value, secrets: secrets)
    }
    guard read.faults.isEmpty else { throw ConfigError(sentences: read.faults) }
  }

  private static func thresholds(_ text: String?) throws(ConfigError) -> QualityThresholds {
    do {
      return try QualityThresholds(text ?? "")
    } catch {
      throw ConfigError(description: "ASSAY_QC_THRESHOLDS: \(error.sentence)")
    }
  }

  private static func prior(_ text: String?) throws(ConfigError) -> Double {
    guard let text else { return 0.1 }
    guard let prior = Double(text), prior >= 0.001, prior < 0.5 else {
      throw ConfigError(description: "ASSAY_AI_PRIOR must be at least 0.001 and below 0.5.")
    }
    return prior
  }

  /// Parses the public URL: an origin, to which paths are appended.
  /// - Parameter name: the setting or option, for the sentence.
  package static func publicURL(
    _ text: String?, of name: String = "ASSAY_PUBLIC_URL"
  ) throws(ConfigError) -> String? {
    guard let text, !text.isEmpty else { return nil }
    let origin = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard Origin(origin) != nil else {
      throw ConfigError(description: "\(name) must be an origin: https://host[:port].")
    }
    return origin
  }

  /// Returns a variable of the process's environment.
  package static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Returns the maximum size of an uploaded file; an archive may fill a whole request.
  package func limit(ofArchive isArchive: Bool) -> Int { isArchive ? requestLimit : fileLimit }

  /// Returns the connection string for a database role.
  package func database(as role: DatabaseRole) -> String {
    "\(database) user=\(role.rawValue)"
  }
}

/// The database roles that the migrations create.
package enum DatabaseRole: String, Sendable {
  case application = "assay_app"
  case worker = "assay_worker"
  case owner = "assay_owner"
}
