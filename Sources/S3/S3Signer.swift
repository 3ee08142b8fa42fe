/// What somebody else may do with one object, by an address that we signed.
package enum S3Permission: Sendable {
  /// To store it. The type is signed, so that the store refuses a request with another
  /// `Content-Type` or without one.
  ///
  /// S3 cannot bound a size from above in a signed address (only in a form's policy, which not
  /// every compatible store has). It can demand an exact one: with `length` the store refuses any
  /// other `Content-Length`. Without it, look at the size by HEAD before taking the object.
  ///
  /// An address works as often as it is used until it expires, and any unsigned header that is
  /// none of `x-amz-` may come along: check the object's content, and copy what was checked.
  case put(contentType: String, length: Int? = nil)
  /// To fetch it, answered with this type and disposition, whatever the sender claimed.
  case get(contentType: String? = nil, disposition: String? = nil)
}

/// Signs requests to one store; pure, so the time is a parameter.
package struct S3Signer: Sendable {
  private let configuration: S3Configuration
  private let signature: SignatureV4

  /// The SHA-256 of no bytes.
  private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// A signer with the store's key.
  package init(_ configuration: S3Configuration) {
    self.configuration = configuration
    signature = SignatureV4(
      accessKey: configuration.accessKey, secretKey: configuration.secretKey,
      region: configuration.region)
  }

  /// An address by which whoever has it may do this one thing.
  /// - Parameters:
  ///   - expires: seconds; the store takes 1 to 604,800, so others are brought into that range.
  ///   - seconds: since 1970, when it begins to hold.
  /// - Throws: `badKey`.
  package func presign(
    _ permission: S3Permission, key: String, expires: Int, at seconds: Int
  ) throws(S3Error) -> String {
    let path = try path(of: key)
    let method: String
    var headers = [("host", host)]
    var query: [(String, String)] = []
    switch permission {
    case .put(let contentType, let length):
      method = "PUT"
      headers.append(("content-type", contentType))
      if let length { headers.append(("content-length", "\(length)")) }
    case .get(let contentType, let disposition):
      method = "GET"
      if let contentType { query.append(("response-content-type", contentType)) }
      if let disposition { query.append(("response-content-disposition", disposition)) }
    }
    let request = SignatureV4.Request(
      method, path: path, query: query, headers: headers, payload: SignatureV4.unsignedPayload)
    let signed = signature.query(request, expires: min(max(expires, 1), 604_800), at: seconds)
    return "\(address(path))?\(signed)"
  }

  /// A request of our own, without a body: its address, and the headers to send with it.
  /// - Throws: `badKey`.
  package func sign(
    _ method: String, key: String, at seconds: Int
  ) throws(S3Error) -> (address: String, headers: [(name: String, value: String)]) {
    let path = try path(of: key)
    let own = [
      ("x-amz-content-sha256", Self.nothing), ("x-amz-date", SigningTime(seconds).stamp),
    ]
    let request = SignatureV4.Request(
      method, path: path, headers: [("host", host)] + own, payload: Self.nothing)
    let authorization = signature.authorization(request, at: seconds)
    return (address(path), own + [("authorization", authorization)])
  }

  private var host: String {
    configuration.endpoint.authority(bucket: configuration.pathStyle ? nil : configuration.bucket)
  }

  private func address(_ path: String) -> String {
    "\(configuration.endpoint.scheme)://\(host)\(path)"
  }

  /// Without a key, the path would be the bucket's, and DELETE would mean the bucket.
  private func path(of key: String) throws(S3Error) -> String {
    let segments = key.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...1024).contains(key.utf8.count), !segments.contains("."), !segments.contains("..")
    else { throw .badKey }
    let encoded = PercentEncoding.encode(key, keepingSlash: true)
    return configuration.pathStyle ? "/\(configuration.bucket)/\(encoded)" : "/\(encoded)"
  }
}
