/// Why the store did not do what we asked; `description` is a sentence for the log.
package enum S3Error: Error, Equatable, CustomStringConvertible {
  /// The key is empty, over 1,024 bytes, or has a segment `.` or `..`, which clients collapse.
  case badKey
  /// libcurl is not installed.
  case noLibrary
  /// No address for its name, or nobody listens there.
  case unreachable(String)
  /// TLS failed, or the certificate is not the host's.
  case untrusted(String)
  /// It did not connect, go on or finish in time.
  case timedOut
  /// The connection ended early, or the answer is none of S3's.
  case broken(String)
  /// It wants us elsewhere, where our signature must not go.
  case redirected(status: Int)
  /// No such object.
  case missing
  /// It does not accept our key or its rights; with its own code, when it gave one.
  case denied(code: String)
  /// It asks us to come back later.
  case busy(status: Int)
  /// Any other status; with its own code, when it gave one.
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
    case .broken(let why): "The object store's answer is broken: \(why)."
    case .redirected(let status):
      "The object store answered with a redirect, \(status): check endpoint and region."
    case .missing: "The object store has no such object."
    case .denied(let code): "The object store denies it\(code.isEmpty ? "" : ": \(code)")."
    case .busy(let status): "The object store is busy: \(status)."
    case .refused(let status, let code):
      "The object store answered \(status)\(code.isEmpty ? "" : " \(code)")."
    case .tooLarge(let limit): "The object is larger than \(limit) bytes."
    case .cannotWrite(let code): "The object cannot be written to disk: errno \(code)."
    }
  }
}

extension S3Error {
  /// What a status other than success means.
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
