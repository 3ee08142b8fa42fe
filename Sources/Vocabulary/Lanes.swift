internal import Queue

extension Lane {
  /// Pictures are inspected, compared and shrunk: long work.
  static let pictures = Lane("pictures")
  /// Short work that nobody waits for.
  static let upkeep = Lane("upkeep")
}
