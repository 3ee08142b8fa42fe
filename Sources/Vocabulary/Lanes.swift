package import Queue

extension Lane {
  /// Pictures are inspected, compared and shrunk: long work.
  package static let pictures = Lane("pictures")
  /// Short work that nobody waits for.
  package static let upkeep = Lane("upkeep")
  /// Leases of crowd work, which must not wait for other upkeep.
  package static let crowd = Lane("crowd")
}
