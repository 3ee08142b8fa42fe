/// Takes the bytes of an answer's body as they are made.
package protocol BodySink: AnyObject {
  /// Sends bytes on.
  /// - Throws: `ClientGone` when nobody reads any more.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// The client closed its connection before the answer was complete.
package struct ClientGone: Error {
  /// The client is gone.
  package init() {}
}

/// One HTTP answer.
package struct Response {
  /// What follows the header lines.
  package enum Body {
    case none
    case bytes([UInt8])
    /// Written piece by piece, for answers too long to hold.
    case stream((any BodySink) throws -> Void)
  }

  /// The HTTP status.
  package var status: Int
  /// The header lines, in order.
  package var headers: [(name: String, value: String)]
  /// What follows the header lines.
  package var body: Body

  /// An answer of these parts.
  package init(
    _ status: Int, headers: [(name: String, value: String)] = [], body: Body = .none
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer whose body is JSON.
  package static func json(_ bytes: [UInt8], _ status: Int = 200) -> Response {
    Response(
      status,
      headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
      body: .bytes(bytes))
  }
}
