/// A permission for one request on one object, granted by a signed address.
package enum S3Permission: Sendable {
  /// The permission to store it. The type is signed, so the store refuses a request with another
  /// `Content-Type` or without one.
  ///
  /// A signed S3 address cannot limit the size (only a form's policy can, and not all compatible
  /// stores support it). It can require an exact size: with `length` the store refuses any other
  /// `Content-Length`. Without it, check the size by HEAD before you take the object.
  ///
  /// An address can be used many times until it expires, and with unsigned headers, except those of
  /// `x-amz-`. So check the object's content, and copy the checked bytes.
  case put(contentType: String, length: Int? = nil)
  /// The permission to fetch it, with this type and disposition instead of the sender's.
  case get(contentType: String? = nil, disposition: String? = nil)
}

/// Signs requests to one store.
///
/// It is a pure function of its input; the time is a parameter.
package struct S3Signer: Sendable {
  private let configuration: S3Configuration
  private let signature: SignatureV4

  /// The SHA-256 of an empty body.
  private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// A signer with the store's key.
  package init(_ configuration: S3Configuration) {
    self.configuration = configuration
    signature = SignatureV4(
      accessKey: configuration.accessKey, secretKey: configuration.secretKey,
      region: configuration.region)
  }

  /// Signs an address that permits one kind of request to everybody who has it.
  /// - Parameters:
  ///   - expires: lifetime in seconds; values outside 1 to 604,800 are brought into that range.
  ///   - seconds: start of the lifetime, since 1970.
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

  /// Signs a request of ours without a body: returns its address and headers.
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

  /// The path of a key; an empty key would name the bucket, and DELETE would delete it.
  private func path(of key: String) throws(S3Error) -> String {
    let segments = key.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...1024).contains(key.utf8.count), !segments.contains("."), !segments.contains("..")
    else { throw .badKey }
    let encoded = PercentEncoding.encode(key, keepingSlash: true)
    return configuration.pathStyle ? "/\(configuration.bucket)/\(encoded)" : "/\(encoded)"
  }
}
