package import HTTP

/// What the access log may say of one answered request.
package struct Exchange: ~Copyable {
  /// How an answer ended.
  package enum Outcome {
    case complete
    /// The peer left or stalled before it had the whole answer.
    case clientGone
    /// A streamed body threw: the answer was cut off, or is a 500 if nothing had been sent.
    case failed(any Error)
  }

  /// What was asked.
  package let request: HTTP.Request
  /// What was answered.
  package let status: Int
  /// Bytes of the body.
  package let bytes: Int
  /// From the complete parameters to the last byte handed to the web server.
  package let microseconds: Int
  /// How the answer ended.
  package let outcome: Outcome
}
