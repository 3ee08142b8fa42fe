internal import Assay
internal import FastCGI
internal import HTTP
internal import Logging

/// One line an answered request; never its query string or headers, which may hold secrets.
enum AccessLog {
  static func record(_ exchange: borrowing Exchange) {
    let request = exchange.request
    var facts: Logger.Metadata = [
      "request_id": "\(request.id)",
      "method": "\(request.method?.rawValue ?? "-")",
      "path": "\(request.target.prefix { $0 != "?" })",
      "status": "\(exchange.status)",
      "bytes": "\(exchange.bytes)",
      "us": "\(exchange.microseconds)",
    ]
    switch exchange.outcome {
    case .complete: break
    case .clientGone: facts["outcome"] = "client gone"
    case .failed(let error): facts["outcome"] = "\(error)"
    }
    Logger.assay.info("answered", metadata: facts)
  }
}
