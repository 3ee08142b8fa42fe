package import HTTP

/// An answered request, for the access log.
package struct Exchange: ~Copyable {
  /// The end of an answer.
  package enum Outcome {
    case complete
    /// The peer closed or stalled before it had the whole answer.
    case clientGone
    /// A streamed body threw an error: the answer was cut off, or is a 500 if none of it was sent.
    case failed(any Error)
  }

  /// The request.
  package let request: HTTP.Request
  /// The status of the answer.
  package let status: Int
  /// Number of bytes of the body.
  package let bytes: Int
  /// Time from the complete parameters to the last byte sent to the web server.
  package let microseconds: Int
  /// The end of the answer.
  package let outcome: Outcome
}
