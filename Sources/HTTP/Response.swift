/// The destination of a response body, which receives its bytes as they are produced.
package protocol BodySink: AnyObject {
  /// Sends bytes to the client.
  /// - Throws: `ClientGone` when the client has closed its connection.
  func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// The error when the client closed its connection before the response was complete.
package struct ClientGone: Error {
  /// Makes the error.
  package init() {}
}

/// One HTTP response.
package struct Response {
  /// The content after the headers.
  package enum Body {
    case none
    case bytes([UInt8])
    /// A body written in pieces, for responses too large for memory.
    case stream((any BodySink) throws -> Void)
  }

  /// The HTTP status.
  package var status: Int
  /// The header lines, in order.
  package var headers: [(name: String, value: String)]
  /// The content after the headers.
  package var body: Body

  /// Makes a response.
  package init(
    _ status: Int, headers: [(name: String, value: String)] = [], body: Body = .none
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A response that says that there is nothing: 204.
  package static var empty: Response {
    Response(204, headers: [("Cache-Control", "no-store")])
  }

  /// Returns a response with a JSON body.
  package static func json(_ bytes: [UInt8], _ status: Int = 200) -> Response {
    Response(
      status,
      headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
      body: .bytes(bytes))
  }
}
