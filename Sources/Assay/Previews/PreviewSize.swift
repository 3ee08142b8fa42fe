/// The sizes previews are made in: the longest side in pixels, at most.
enum PreviewSize: Int, CaseIterable {
  /// For lists.
  case small = 320
  /// For a screen.
  case large = 1280
}
