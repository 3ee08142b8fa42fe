internal import CLibPQ

extension Connection {
  /// Listens to a channel, also after the connection is reopened; a second call does nothing.
  package func listen(_ channel: String) throws(PostgresError) {
    guard !inTransaction else {
      throw .refused(sqlstate: "25001", message: "listen() works outside transactions only")
    }
    let link = try usableLink()
    let parts = channel.split(separator: "\"", omittingEmptySubsequences: false)
    let quoted = "\"\(parts.joined(separator: "\"\""))\""
    guard !channels.contains(quoted) else { return }
    try simple("listen \(quoted)", on: link)
    channels.append(quoted)
  }

  /// Waits for a notification and returns its payload, or nil at the timeout.
  ///
  /// After the connection was lost it returns an empty payload at once, because notifications may
  /// have been missed.
  package func waitForNotification(milliseconds: Int) throws(PostgresError) -> String? {
    let end = Self.now() + milliseconds
    let link = try usableLink()
    if mayHaveMissed {
      mayHaveMissed = false
      return ""
    }
    while true {
      guard PQconsumeInput(link) == 1, PQstatus(link) == CONNECTION_OK else { throw lost(link) }
      if let notification = PQnotifies(link) {
        defer { PQfreemem(notification) }
        return String(cString: notification.pointee.extra)
      }
      let left = end - Self.now()
      guard left > 0 else { return nil }
      _ = Self.isReadable(link, milliseconds: left)
    }
  }
}
