package import Logging

internal import Glibc

/// Writes one logfmt line per event to standard error, which systemd sends to the journal.
package struct LineLog: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level = .info

  /// Makes a handler without metadata.
  package init() {}

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var line = Journal.prefix(event.level)
    line += "level=\(event.level) event=\(Self.quote(event.message.description))"
    var all = metadata.merging(event.metadata ?? [:]) { $1 }
    if let request = LogScope.request { all["request_id"] = "\(request)" }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(Self.quote(value.description))"
    }
    Self.write(line)
  }

  /// Writes a line with one call, so that lines of different threads do not mix.
  package static func write(_ line: consuming String) {
    line += "\n"
    line.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }

  /// Returns a value for a log line, quoted if necessary.
  package static func quote(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
    }
    if isPlain, !value.isEmpty { return value }
    return "\"" + value.unicodeScalars.map(escape).joined() + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case _ where isHidden(scalar):
      String(scalar).utf16.map { unit in
        "\\u" + String(Int(unit) + 0x10000, radix: 16).dropFirst()
      }.joined()
    default: String(scalar)
    }
  }

  /// Whether a terminal obeys a character, or `journalctl` hides a whole line because of it.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
    default: false
    }
  }
}

/// The request that the current thread answers; its id is added to every line of the thread.
package enum LogScope {
  @TaskLocal static var request: String?

  /// Runs `work`, and adds the request's id to all lines that it logs.
  package static func with<Result>(request: String, _ work: () throws -> Result) rethrows -> Result
  {
    try $request.withValue(request, operation: work)
  }
}

extension Logger {
  /// The program's logger, made anew at each use.
  package static let assay = Logger(label: "assay") { _ in LineLog() }
}
