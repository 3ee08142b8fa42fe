package import Imaging
package import Queue

extension DecodeFailure: BlamingError {
  /// Returns the reason why a picture cannot be decoded; it is not retried.
  /// - Throws: the failure itself when the picture did not cause it; the chunk is retried later.
  package func fault() throws(DecodeFailure) -> String {
    switch self {
    case .refused(let reason): return reason
    case .tooLarge: return "The image has too many pixels."
    case .crashed: return "The image crashed the decoder."
    case .timedOut: return "The image took too long to decode."
    case .unavailable: throw self
    }
  }

  /// The decoder itself, because `fault` records the faults of pictures.
  package var blame: Blame { .surroundings }
}

extension JobFault {
  /// The recorded reason when a picture is given up; the log has the error.
  package var sentence: String {
    switch self {
    case .deadly: "Processing the image crashed several times."
    case .failing: "The image could not be processed."
    }
  }
}
