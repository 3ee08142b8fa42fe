package import Imaging
package import Queue

extension DecodeFailure: BlamingError {
  /// Says why a picture cannot be decoded; it is not tried again.
  /// - Throws: the failure itself when the picture did not cause it: the chunk is tried again later.
  func fault() throws(DecodeFailure) -> String {
    switch self {
    case .refused(let reason): return reason
    case .tooLarge: return "The image has too many pixels."
    case .crashed: return "The image crashed its decoder."
    case .timedOut: return "The image took too long to decode."
    case .unavailable: throw self
    }
  }

  /// The decoder itself: faults of a picture are recorded by `fault`.
  package var blame: Blame { .surroundings }
}

extension JobFault {
  /// The reason recorded for a picture that is given up; the log has the error.
  var sentence: String {
    switch self {
    case .deadly: "The image killed those who looked at it."
    case .failing: "The image could not be processed."
    }
  }
}
