internal import Imaging

extension DecodeFailure {
  /// What a worker records of a picture that cannot be decoded; it is not tried again.
  /// - Throws: the failure itself when it is none of the picture's: the chunk is tried again later.
  func fault() throws(DecodeFailure) -> String {
    switch self {
    case .refused(let reason): return reason
    case .tooLarge: return "The image has too many pixels."
    case .crashed: return "The image crashed its decoder."
    case .timedOut: return "The image took too long to decode."
    case .unavailable: throw self
    }
  }
}
