internal import Cryptography

/// AWS Signature Version 4 for the service `s3`: a pure function without a clock.
package struct SignatureV4: Sendable {
  private let accessKey: String
  private let secretKey: String
  private let region: String

  /// The value of the payload's hash when the body is not signed.
  static let unsignedPayload = "UNSIGNED-PAYLOAD"

  /// The signed parts of a request.
  package struct Request: Sendable {
    let method: String
    let path: String
    var query: [(name: String, value: String)]
    let headers: [(name: String, value: String)]
    let payload: String

    /// A request.
    /// - Parameters:
    ///   - path: percent-encoded, as it is sent.
    ///   - query: names and values, not encoded.
    ///   - headers: the headers to sign, including `host`.
    ///   - payload: the body's SHA-256 in hexadecimal, or `unsignedPayload`.
    package init(
      _ method: String, path: String, query: [(name: String, value: String)] = [],
      headers: [(name: String, value: String)], payload: String
    ) {
      self.method = method
      self.path = path
      self.query = query
      self.headers = headers.map { ($0.name.lowercased(), Self.trimmed($0.value)) }
        .sorted { $0.name < $1.name }
      self.payload = payload
    }

    var signedHeaders: String { headers.map(\.name).joined(separator: ";") }

    /// Parameters are encoded before they are sorted, as the algorithm requires.
    var canonicalQuery: String {
      query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        .sorted().joined(separator: "&")
    }

    var canonical: String {
      let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
      return [method, path, canonicalQuery, lines, signedHeaders, payload].joined(separator: "\n")
    }

    private static func trimmed(_ value: String) -> String {
      value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  /// A signer with one key for one region.
  package init(accessKey: String, secretKey: String, region: String) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.region = region
  }

  /// The query with the request's own parameters and its signature.
  /// - Parameters:
  ///   - expires: lifetime in seconds.
  ///   - seconds: start of the lifetime, since 1970.
  package func query(_ request: Request, expires: Int, at seconds: Int) -> String {
    let time = SigningTime(seconds)
    var request = request
    request.query += [
      ("X-Amz-Algorithm", Self.algorithm),
      ("X-Amz-Credential", "\(accessKey)/\(scope(time))"),
      ("X-Amz-Date", time.stamp),
      ("X-Amz-Expires", "\(expires)"),
      ("X-Amz-SignedHeaders", request.signedHeaders),
    ]
    return "\(request.canonicalQuery)&X-Amz-Signature=\(signature(request, time))"
  }

  /// The `Authorization` header of a request whose headers include `x-amz-date`.
  package func authorization(_ request: Request, at seconds: Int) -> String {
    let time = SigningTime(seconds)
    return "\(Self.algorithm) Credential=\(accessKey)/\(scope(time)),"
      + "SignedHeaders=\(request.signedHeaders),Signature=\(signature(request, time))"
  }

  private static let algorithm = "AWS4-HMAC-SHA256"

  private func scope(_ time: SigningTime) -> String { "\(time.day)/\(region)/s3/aws4_request" }

  private func signature(_ request: Request, _ time: SigningTime) -> String {
    let digest = Hex.encode(SHA256.digest(request.canonical.utf8))
    let text = "\(Self.algorithm)\n\(time.stamp)\n\(scope(time))\n\(digest)"
    let start = Array("AWS4\(secretKey)".utf8)
    let key = [time.day, region, "s3", "aws4_request"].reduce(start) { key, part in
      HMAC.sha256(part, key: key)
    }
    return Hex.encode(HMAC.sha256(text, key: key))
  }
}
