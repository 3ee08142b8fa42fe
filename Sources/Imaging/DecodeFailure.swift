/// Why an image was not decoded.
package enum DecodeFailure: Error, Sendable, Equatable {
  /// The file is not a picture we take; the sentence is for the user.
  case refused(String)
  /// More pixels than the limit, by the header.
  case tooLarge(width: Int, height: Int)
  /// This one file made the decoder die, out of memory for one.
  case crashed
  /// This one file took more CPU or wall time than is allowed.
  case timedOut
  /// No decoder could be had; no fault of the file. The text is for the log.
  case unavailable(String)
}
