/// The reason why an image was not decoded.
package enum DecodeFailure: Error, Sendable, Equatable {
  /// The file is not an accepted picture; the sentence is for the user.
  case refused(String)
  /// The header declares more pixels than the limit.
  case tooLarge(width: Int, height: Int)
  /// This file made the decoder crash, for example because memory ran out.
  case crashed
  /// This file needed more CPU or wall time than is allowed.
  case timedOut
  /// No decoder was available; this is not the file's fault. The text is for the log.
  case unavailable(String)
}
