internal import Glibc

/// The store's settings are invalid; the sentence is for the operator.
package struct S3ConfigurationError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

/// The settings of an S3-compatible store.
package struct S3Configuration: Sendable {
  let endpoint: S3Endpoint
  let region: String
  let bucket: String
  let accessKey: String
  let secretKey: String
  let pathStyle: Bool
  let authority: String?

  /// The bucket and its endpoint, without keys.
  package var place: String {
    "\(bucket) at \(endpoint.scheme)://\(endpoint.authority(bucket: nil))"
  }

  /// Settings with these values.
  /// - Parameters:
  ///   - endpoint: `https://host[:port]`; `http` only for this machine.
  ///   - pathStyle: whether the bucket is the first segment of the path instead of a subdomain.
  ///   - authority: the path of a PEM file to trust instead of the system's authorities.
  /// - Throws: when the values are invalid.
  package init(
    endpoint: String, region: String, bucket: String, accessKey: String, secretKey: String,
    pathStyle: Bool, authority: String? = nil
  ) throws(S3ConfigurationError) {
    guard let place = S3Endpoint(endpoint) else {
      throw Self.error("ASSAY_S3_ENDPOINT must be https://host[:port]; http only on this machine.")
    }
    guard !region.isEmpty, region.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == 45 || $0 == 95 })
    else { throw Self.error("ASSAY_S3_REGION must be lower-case letters, digits, - and _.") }
    guard Self.isBucket(bucket) else {
      throw Self.error("ASSAY_S3_BUCKET must be 3 to 63 lower-case letters, digits, - and dots.")
    }
    // A certificate's wildcard covers one label, so it does not match a bucket with dots.
    guard pathStyle || !(place.isAddress || bucket.contains(".")) else {
      throw Self.error("ASSAY_S3_PATH_STYLE must be true for this endpoint or bucket.")
    }
    guard !accessKey.isEmpty, !secretKey.isEmpty else {
      throw Self.error("The store's keys are empty.")
    }
    self.endpoint = place
    self.region = region
    self.bucket = bucket
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.pathStyle = pathStyle
    self.authority = authority
  }

  /// The store of the environment's settings; nil when `ASSAY_S3_ENDPOINT` is not set.
  ///
  /// Reads `ASSAY_S3_REGION` (us-east-1 unless set), `ASSAY_S3_BUCKET`, `ASSAY_S3_PATH_STYLE`
  /// (true or false, false unless set), `ASSAY_S3_CA`, and the files `s3.access` and `s3.secret`
  /// in `ASSAY_SECRETS`.
  /// - Throws: when one of them is missing or invalid.
  package init?(
    environment: (String) -> String? = S3Configuration.environment
  ) throws(S3ConfigurationError) {
    func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    guard let endpoint = value("ASSAY_S3_ENDPOINT") else { return nil }
    guard let bucket = value("ASSAY_S3_BUCKET") else {
      throw Self.error("ASSAY_S3_BUCKET is not set.")
    }
    guard let secrets = value("ASSAY_SECRETS") else {
      throw Self.error("ASSAY_SECRETS is not set.")
    }
    guard let pathStyle = Bool(value("ASSAY_S3_PATH_STYLE") ?? "false") else {
      throw Self.error("ASSAY_S3_PATH_STYLE must be true or false.")
    }
    try self.init(
      endpoint: endpoint, region: value("ASSAY_S3_REGION") ?? "us-east-1", bucket: bucket,
      accessKey: Self.secret("\(secrets)/s3.access"),
      secretKey: Self.secret("\(secrets)/s3.secret"), pathStyle: pathStyle,
      authority: value("ASSAY_S3_CA"))
  }

  /// Reads a variable of the process's environment.
  package static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func isBucket(_ name: String) -> Bool {
    guard (3...63).contains(name.utf8.count), let first = name.utf8.first,
      let last = name.utf8.last, first.isLetterOrDigit, last.isLetterOrDigit
    else { return false }
    return name.utf8.allSatisfy { $0.isLetterOrDigit || $0 == 45 || $0 == 46 }
      && !name.contains("..")
  }

  /// Reads a key: a line of visible ASCII in a file that is not readable by everybody.
  private static func secret(_ path: String) throws(S3ConfigurationError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw error("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & 0o007 == 0 else {
      throw error("\(path) is readable by everybody: chmod it to 600.")
    }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    let text = String(decoding: buffer[..<count], as: UTF8.self).filter { !$0.isWhitespace }
    guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { throw error("\(path) must hold one key of visible ASCII characters.") }
    return text
  }

  private static func error(_ sentence: String) -> S3ConfigurationError {
    S3ConfigurationError(description: sentence)
  }
}
