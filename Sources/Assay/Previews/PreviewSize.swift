internal import Imaging

/// The sizes previews are made in: the longest side in pixels, at most.
enum PreviewSize: Int, CaseIterable {
  /// For lists.
  case small = 320
  /// For a screen.
  case large = 1280

  /// Both, as the decoder is asked for them.
  static let sides = PreviewSides(large: large.rawValue, small: small.rawValue)

  /// The file of this size.
  func bytes(of previews: Previews) -> [UInt8] {
    switch self {
    case .small: previews.small
    case .large: previews.large
    }
  }
}
