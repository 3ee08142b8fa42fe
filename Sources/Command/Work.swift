internal import ArgumentParser
internal import Assay
internal import CLinux
internal import Glibc
internal import Postgres
internal import Site
internal import Vocabulary

/// Runs jobs: takes chunks from PostgreSQL until told to stop.
struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run jobs of the queue until SIGTERM.")

  func run() throws {
    ServerWatch.shared.log()
    let site = try Site(Config())
    // Decoders do not inherit this: they get an empty signal mask.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var waiter = pthread_t()
    pthread_create(&waiter, nil, { _ in Work.waitForSignal() }, nil)
    // Loads the detector now, so that a bad configuration is reported before the first picture.
    site.detector()
    Ready.log("work", site.config)
    Workers.run(site)
    site.stop()
  }

  private static func waitForSignal() -> UnsafeMutableRawPointer? {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT] { sigaddset(&signals, signal) }
    var caught: Int32 = 0
    sigwait(&signals, &caught)
    Workers.stop()
    return nil
  }
}
