internal import Imaging

/// The sizes of previews: the maximum of the longest side in pixels.
enum PreviewSize: Int, CaseIterable {
  /// For lists.
  case small = 320
  /// For a screen.
  case large = 1280

  /// Both sizes in the form of the decoder's request.
  static let sides = PreviewSides(large: large.rawValue, small: small.rawValue)

  /// Returns the file of this size.
  func bytes(of previews: Previews) -> [UInt8] {
    switch self {
    case .small: previews.small
    case .large: previews.large
    }
  }
}
