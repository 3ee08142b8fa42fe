package import Queue
package import Site

/// Every kind of job of the application, feature by feature.
package enum Jobs {
  /// Instances for one thread of a worker.
  package static func all(_ site: Site) -> [any JobKind] {
    [
      QualityJob(site), PreviewJob(site), ForgottenPreviewJob(), SweepJob(site), OrphanJob(site),
      ThrottleJob(), RefusalJob(), PoolJob(), ConsensusJob(site),
      SettlementJob(), BonusJob(),
    ]
  }
}
