internal import CCurl
internal import Glibc

/// The store's description of an object.
package struct S3Object: Equatable, Sendable {
  /// Size in bytes.
  package let size: Int
  /// The etag without quotes; an MD5 only if the object was sent in one part and unencrypted.
  package let etag: String
  /// The type that the sender gave.
  package let contentType: String
}

/// Time limits of requests to the store, in seconds.
package struct S3Timeouts: Sendable {
  var connect: Int
  var stall: Int
  var answer: Int
  var download: Int

  /// Sets the limits.
  /// - Parameters:
  ///   - connect: for the connection, including TLS.
  ///   - stall: for a period with less than 1 KB/s.
  ///   - answer: for a request without a body.
  ///   - download: for an object.
  package init(connect: Int = 5, stall: Int = 15, answer: Int = 15, download: Int = 300) {
    self.connect = connect
    self.stall = stall
    self.answer = answer
    self.download = download
  }
}

/// A client for our own requests to the store, used by one thread, with one kept connection.
///
/// Certificates are verified; redirects and proxies are not followed. The caller retries.
package final class S3Client {
  private let client: OpaquePointer
  private let signer: S3Signer
  private let authority: String?
  private let timeouts: S3Timeouts
  private let now: () -> Int

  /// A client; it connects at its first request.
  /// - Throws: `noLibrary`.
  package init(
    _ configuration: S3Configuration, timeouts: S3Timeouts = S3Timeouts(),
    now: @escaping () -> Int = { time(nil) }
  ) throws(S3Error) {
    guard let client = ccurl_open() else { throw .noLibrary }
    self.client = client
    signer = S3Signer(configuration)
    authority = configuration.authority
    self.timeouts = timeouts
    self.now = now
  }

  deinit { ccurl_close(client) }

  /// Returns the description of an object; nil when there is no such object or bucket.
  package func head(_ key: String) throws(S3Error) -> S3Object? {
    let transfer = Transfer()
    do {
      try perform("HEAD", key, transfer, seconds: timeouts.answer)
    } catch .missing {
      return nil
    }
    return try object(transfer)
  }

  /// Writes an object to a file, from the file's current position on, and describes it.
  ///
  /// After an error the file may contain a part. It is not synced.
  /// - Parameter limit: maximum size of the object, in bytes.
  /// - Throws: `missing`, `tooLarge`, `cannotWrite`, and all errors of the connection.
  @discardableResult
  package func download(
    _ key: String, to descriptor: Int32, limit: Int
  ) throws(S3Error) -> S3Object {
    let transfer = Transfer(to: descriptor, limit: limit)
    try perform("GET", key, transfer, seconds: timeouts.download)
    return try object(transfer)
  }

  /// Deletes an object; a missing object is not an error.
  package func delete(_ key: String) throws(S3Error) {
    do {
      try perform("DELETE", key, Transfer(), seconds: timeouts.answer)
    } catch .missing {}
  }

  private func perform(
    _ method: String, _ key: String, _ transfer: Transfer, seconds: Int
  ) throws(S3Error) {
    let request = try signer.sign(method, key: key, at: now())
    ccurl_begin(client, method, request.address)
    for header in request.headers { ccurl_header(client, "\(header.name): \(header.value)") }
    if let authority { ccurl_trust(client, authority) }
    ccurl_limits(client, timeouts.connect, timeouts.stall, seconds)
    try judge(send(transfer), transfer, success: method == "DELETE" ? 204 : 200)
  }

  private func send(_ transfer: Transfer) -> ccurl_outcome {
    withExtendedLifetime(transfer) {
      ccurl_perform(
        client,
        { bytes, count, context in
          guard let context else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          return transfer.takeHead(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
        },
        { bytes, count, context in
          guard let context else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
        },
        Unmanaged.passUnretained(transfer).toOpaque())
    }
  }

  private func judge(
    _ outcome: ccurl_outcome, _ transfer: Transfer, success: Int
  ) throws(S3Error) {
    if let fault = transfer.fault { throw fault }
    let why = String(cString: ccurl_error(client))
    switch outcome {
    // We stop reading the long body of a refusal; it is still a refusal.
    case ccurl_done, ccurl_stopped:
      let status = transfer.head.status
      guard status == success || status == 200 else {
        throw S3Error(status: status, code: transfer.code)
      }
    case ccurl_timed_out: throw .timedOut
    case ccurl_unreachable: throw .unreachable(why)
    case ccurl_untrusted: throw .untrusted(why)
    default: throw .broken(why)
    }
  }

  /// Describes the object; fails without a length, because a cut object could not be recognized.
  private func object(_ transfer: Transfer) throws(S3Error) -> S3Object {
    guard let size = transfer.head.length else { throw .broken("it has no length") }
    return S3Object(
      size: size, etag: transfer.head.etag, contentType: transfer.head.contentType)
  }
}
