internal import CLibPQ
internal import Glibc

extension Connection {
  /// A recent failed attempt to connect.
  struct Refusal {
    /// The SQLSTATE of a server that is up and refuses this role or database; nil otherwise.
    let sqlstate: String?
    let message: String
    /// The time of the attempt, in milliseconds of the monotonic clock.
    let time: Int

    /// The period during which callers fail at once, so that a starting server is not overloaded.
    static let milliseconds = 100

    var error: PostgresError {
      sqlstate.map { .refused(sqlstate: $0, message: message) } ?? .unavailable(message)
    }
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
      throw lastRefusal.error
    }
    let link = open()
    guard PQstatus(link) == CONNECTION_OK, let link else {
      let message = Self.message(link)
      PQfinish(link)
      let refusal = Refusal(sqlstate: setupFault(), message: message, time: Self.now())
      lastRefusal = refusal
      settings.watch.failed(refusal.message)
      throw refusal.error
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
    withParameters { PQconnectdbParams($0, $1, 1) }
  }

  /// Calls `body` with the keywords and values of a link; the third argument of libpq's functions
  /// must be 1, so that `dbname` is read as a conninfo.
  private func withParameters<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
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
    return body(keys, values)
  }

  /// Returns the SQLSTATE of a server that refuses this role or database; nil if it does not answer,
  /// is starting, or has too many clients.
  ///
  /// libpq gives the SQLSTATE of a failed connection only in its text, so this connects again and
  /// asks for a text without words, which could be in any language.
  private func setupFault() -> String? {
    guard let link = withParameters({ PQconnectStartParams($0, $1, 1) }) else { return nil }
    defer { PQfinish(link) }
    guard PQstatus(link) != CONNECTION_BAD else { return nil }
    PQsetErrorVerbosity(link, PQERRORS_SQLSTATE)
    let deadline = Self.now() + settings.connectTimeoutSeconds * 1000
    var next = PGRES_POLLING_WRITING
    while next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING {
      let events = next == PGRES_POLLING_WRITING ? POLLOUT : POLLIN
      var descriptor = pollfd(fd: PQsocket(link), events: Int16(events), revents: 0)
      guard poll(&descriptor, 1, Int32(clamping: max(0, deadline - Self.now()))) > 0 else {
        return nil
      }
      next = PQconnectPoll(link)
    }
    guard next == PGRES_POLLING_FAILED else { return nil }
    let last = Self.message(link).split(whereSeparator: \.isWhitespace).last.map(String.init)
    let error = PostgresError.refused(sqlstate: last ?? "", message: "")
    return error.isSetupFault ? last : nil
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

  static func values(in conninfo: String) -> [String: String] {
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
