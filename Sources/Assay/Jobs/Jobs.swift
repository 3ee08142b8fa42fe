package import Queue

/// All kinds of jobs, feature by feature.
package enum Jobs {
  /// Returns new instances for one thread of a worker.
  package static func all(_ site: Site) -> [any JobKind] {
    [QualityJob(site), PreviewJob(site), SweepJob(site), OrphanJob(site)]
  }
}

extension Lane {
  /// The lane for long work on pictures: inspection, comparison and previews.
  static let pictures = Lane("pictures")
  /// The lane for short maintenance work.
  static let upkeep = Lane("upkeep")
}
