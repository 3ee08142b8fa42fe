internal import CLibPQ

/// libpq's connection strings: words such as `host=… dbname=…`, or a URI.
package enum ConnectionString {
  /// Returns libpq's message about a string that it cannot parse; nil when it can.
  package static func fault(in text: String) -> String? {
    var message: UnsafeMutablePointer<CChar>?
    let options = PQconninfoParse(text, &message)
    defer {
      PQconninfoFree(options)
      PQfreemem(message)
    }
    guard options == nil else { return nil }
    let sentence = message.map { String(cString: $0) } ?? "out of memory"
    return String(sentence.prefix { !$0.isNewline })
  }
}
