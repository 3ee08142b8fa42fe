internal import ArgumentParser
internal import Assay
internal import CLinux
internal import FastCGI
internal import Glibc
internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Answers FastCGI requests on the listening socket, which is standard input.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer FastCGI requests on the listening socket that is file descriptor 0.")

  func run() throws {
    guard Self.isListening(0) else { throw NoSocket() }
    Self.takeTurns()
    Self.giveBack()
    ServerWatch.shared.log()
    let site = try Site(Config())
    if site.config.quality == .inline { site.detector() }
    let application = Application()
    let pool = Pool(listening: 0)
    Ready.log("serve", site.config)
    pool.run(
      threads: site.config.threads,
      makeState: { Context(site) },
      answer: { context, request in application.answer(request, context) },
      finished: { _, exchange in AccessLog.record(exchange) })
    site.stop()
  }

  private struct NoSocket: Error, CustomStringConvertible {
    let description = "Standard input must be a listening socket, as systemd passes it."
  }

  /// Sets a scheduling policy under which a waking thread does not preempt a running one.
  ///
  /// A request crosses four processes, and preemption at each step cost a tenth of its time.
  private static func takeTurns() {
    var parameter = sched_param(sched_priority: 0)
    // Where this is not allowed the pool still works, only slower.
    _ = sched_setscheduler(0, batch, &parameter)
  }

  /// SCHED_BATCH of sched.h, which Swift does not import.
  private static let batch: Int32 = 3

  /// Returns large freed blocks to the system; otherwise glibc keeps the largest of each thread.
  private static func giveBack() { mallopt(M_MMAP_THRESHOLD, 1 << 20) }

  private static func isListening(_ descriptor: Int32) -> Bool {
    var answer: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer == 1
  }
}
