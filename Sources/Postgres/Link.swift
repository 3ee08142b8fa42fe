internal import CLibPQ
internal import Glibc

extension Connection {
  /// A recent failed attempt to connect.
  struct Refusal {
    let message: String
    /// The time of the attempt, in milliseconds of the monotonic clock.
    let time: Int

    /// The period during which callers fail at once, so that a starting server is not overloaded.
    static let milliseconds = 100
  }

  /// Returns the link to send on, and connects if necessary.
  ///
  /// Outside a transaction a link that the server has closed is replaced. Nothing was sent on it,
  /// so nothing is repeated.
  func usableLink() throws(PostgresError) -> OpaquePointer {
    guard !isStreaming else {
      throw .refused(sqlstate: "55006", message: "the connection is busy with each()")
    }
    switch (scope, link) {
    case (.lost, _): throw .unavailable("the connection was lost during this transaction")
    case (.open, let link?): return link
    case (_, let link?):
      if isAlive(link) { return link }
      drop()
    default: break
    }
    return try connect()
  }

  /// Closes the link.
  func drop() {
    PQfinish(link)
    link = nil
    statements = StatementCache()
    mayHaveMissed = !channels.isEmpty
    if scope == .open { scope = .lost }
    if prefaceState != .none { prefaceState = .owed }
  }

  /// Closes a broken link and returns the reason as an error.
  func lost(_ link: OpaquePointer?) -> PostgresError {
    let message = Self.message(link)
    settings.watch.failed(message)
    drop()
    return .unavailable(message)
  }

  /// Whether an idle link is still open.
  ///
  /// On an idle link the server sends only notifications, or a message before it closes the link.
  private func isAlive(_ link: OpaquePointer) -> Bool {
    guard PQstatus(link) == CONNECTION_OK else { return false }
    while Self.isReadable(link, milliseconds: 0) {
      guard !channels.isEmpty, PQconsumeInput(link) == 1 else { return false }
    }
    return true
  }

  /// Waits until the server sends data; false at the timeout.
  static func isReadable(_ link: OpaquePointer, milliseconds: Int) -> Bool {
    var descriptor = pollfd(fd: PQsocket(link), events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0
  }

  private func connect() throws(PostgresError) -> OpaquePointer {
    if let lastRefusal, Self.now() - lastRefusal.time < Refusal.milliseconds {
      throw .unavailable(lastRefusal.message)
    }
    let link = open()
    guard PQstatus(link) == CONNECTION_OK, let link else {
      let refusal = Refusal(message: Self.message(link), time: Self.now())
      PQfinish(link)
      lastRefusal = refusal
      settings.watch.failed(refusal.message)
      throw .unavailable(refusal.message)
    }
    lastRefusal = nil
    settings.watch.succeeded()
    PQsetNoticeProcessor(link, { _, _ in }, nil)
    self.link = link
    for channel in channels { try simple("listen \(channel)", on: link) }
    return link
  }

  /// Opens a link; values in the conninfo override our settings.
  private func open() -> OpaquePointer? {
    let parameters = [
      ("connect_timeout", String(settings.connectTimeoutSeconds)),
      ("application_name", settings.applicationName),
      ("dbname", conninfo),
      ("options", "\(settings.options) \(Self.options(in: conninfo))"),
      ("client_encoding", "UTF8"),
    ]
    var keys = parameters.map { UnsafePointer(strdup($0.0)) }
    var values = parameters.map { UnsafePointer(strdup($0.1)) }
    defer {
      for pointer in keys + values { free(UnsafeMutablePointer(mutating: pointer)) }
    }
    keys.append(nil)
    values.append(nil)
    let isDatabaseExpanded: Int32 = 1
    return PQconnectdbParams(keys, values, isDatabaseExpanded)
  }

  /// Returns the `options` of the conninfo, which must be kept beside ours.
  private static func options(in conninfo: String) -> String {
    values(in: conninfo)["options"] ?? ""
  }

  /// Returns the part of a conninfo that tells where the database is: no password.
  package static func place(in conninfo: String) -> String {
    let values = values(in: conninfo)
    return ["service", "host", "hostaddr", "port", "dbname"].compactMap { name in
      values[name].map { "\(name)=\($0)" }
    }.joined(separator: " ")
  }

  private static func values(in conninfo: String) -> [String: String] {
    let first = PQconninfoParse(conninfo, nil)
    defer { PQconninfoFree(first) }
    var values: [String: String] = [:]
    var option = first
    while let keyword = option?.pointee.keyword {
      if let value = option?.pointee.val {
        values[String(cString: keyword)] = String(cString: value)
      }
      option = option?.successor()
    }
    return values
  }

  private static func message(_ link: OpaquePointer?) -> String {
    guard let message = PQerrorMessage(link) else { return "out of memory" }
    let text = String(cString: message)
    return String(text.reversed().drop { $0.isNewline }.reversed())
  }

  /// Returns milliseconds of the monotonic clock.
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
