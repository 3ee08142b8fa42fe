internal import CLibPQ

/// libpq's connection strings: words such as `host=… dbname=…`.
package enum ConnectionString {
  /// Returns the reason why a string cannot be used; nil when it can.
  package static func fault(in text: String) -> String? {
    // The role is appended as one more word.
    guard !["postgresql://", "postgres://"].contains(where: text.hasPrefix) else {
      return "it must be words such as host=… dbname=…, not a URI"
    }
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

  /// Returns the user that a string names.
  package static func user(in text: String) -> String? { Connection.values(in: text)["user"] }
}
