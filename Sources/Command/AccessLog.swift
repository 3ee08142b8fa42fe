internal import Assay
internal import FastCGI
internal import HTTP
internal import Logging
internal import Vocabulary

/// Writes one line per answered request, without its query string and headers, which may hold
/// secrets.
///
/// The line is built by hand, because a metadata dictionary costs as much as routing the request.
enum AccessLog {
  static func record(_ exchange: borrowing Exchange) {
    let request = exchange.request
    let level: Logger.Level = if case .failed = exchange.outcome { .error } else { .info }
    var line = Journal.prefix(level)
    line += "level=\(level) event=answered bytes=\(exchange.bytes)"
    line += " method=\(request.method?.rawValue ?? "-")"
    line += " path=\(LineLog.quote(String(request.path)))"
    line += " request_id=\(request.id) status=\(exchange.status) us=\(exchange.microseconds)"
    switch exchange.outcome {
    case .complete: break
    case .clientGone: line += " outcome=\"client gone\""
    case .failed(let error): line += " outcome=\(LineLog.quote("\(error)"))"
    }
    LineLog.write(line)
  }
}
