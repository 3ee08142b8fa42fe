/// A failed request to the store; `description` is a sentence for the log.
package enum S3Error: Error, Equatable, CustomStringConvertible {
  /// The key is empty, over 1,024 bytes, or has a segment `.` or `..`, which clients remove.
  case badKey
  /// libcurl is not installed.
  case noLibrary
  /// The name has no address, or nobody listens there.
  case unreachable(String)
  /// TLS failed, or the certificate is for another host.
  case untrusted(String)
  /// Connecting, a pause, or the whole request took too long.
  case timedOut
  /// The connection ended early, or the answer is not one of S3.
  case broken(String)
  /// The store redirects; we do not send our signature to another address.
  case redirected(status: Int)
  /// There is no such object.
  case missing
  /// The store refuses our key or its rights; with the store's code, if it gave one.
  case denied(code: String)
  /// The store asks to retry later.
  case busy(status: Int)
  /// Any other status; with the store's code, if it gave one.
  case refused(status: Int, code: String)
  /// The object is larger than the limit, in bytes.
  case tooLarge(limit: Int)
  /// The bytes could not be written; with `errno`.
  case cannotWrite(Int32)

  package var description: String {
    switch self {
    case .badKey: "The key is empty, over 1,024 bytes, or has a segment of dots."
    case .noLibrary: "libcurl.so.4 cannot be loaded: install libcurl4."
    case .unreachable(let why): "The object store cannot be reached: \(why)."
    case .untrusted(let why): "The object store's certificate is not trusted: \(why)."
    case .timedOut: "The object store did not answer in time."
    case .broken(let why): "The object store's answer is malformed: \(why)."
    case .redirected(let status):
      "The object store answered with a redirect, \(status): check endpoint and region."
    case .missing: "The object store has no such object."
    case .denied(let code): "The object store denied access\(code.isEmpty ? "" : ": \(code)")."
    case .busy(let status): "The object store is busy: \(status)."
    case .refused(let status, let code):
      "The object store answered \(status)\(code.isEmpty ? "" : " \(code)")."
    case .tooLarge(let limit): "The object is larger than \(limit) bytes."
    case .cannotWrite(let code): "The object cannot be written to disk: errno \(code)."
    }
  }
}

extension S3Error {
  /// The error for a status that is not a success.
  init(status: Int, code: String) {
    switch status {
    case 300..<400: self = .redirected(status: status)
    case 404 where code != "NoSuchBucket": self = .missing
    case 401, 403: self = .denied(code: code)
    case 429, 503: self = .busy(status: status)
    default: self = .refused(status: status, code: code)
    }
  }
}
