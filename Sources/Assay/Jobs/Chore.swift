internal import Glibc
internal import Logging
internal import Postgres

/// Repeats a step on a thread and a connection of its own, beside the chunks of a worker.
///
/// So letters and sweeps never wait for chunks.
final class Chore {
  private let thread: pthread_t

  /// The step, its connection and its pauses.
  struct Plan: Sendable {
    let name: String
    let database: String
    let settings: ConnectionSettings
    /// Seconds between two steps, unless there is more to do.
    let pause: Int
    /// False when the thread is to end.
    let goesOn: @Sendable () -> Bool
    /// Makes the step on its thread; a step is true when there is more to do.
    let makeStep: @Sendable (Connection) -> () throws -> Bool
  }

  /// Starts the thread; nil when the system gives none.
  init?(_ plan: Plan) {
    let start = Unmanaged.passRetained(Start(plan))
    var thread: pthread_t = 0
    let code = pthread_create(
      &thread, nil,
      {
        if let start = $0 { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().run() }
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits until the thread has ended.
  func join() { pthread_join(thread, nil) }

  private final class Start: Sendable {
    private let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    func run() {
      let step = plan.makeStep(Connection(plan.database, settings: plan.settings))
      while plan.goesOn() {
        do {
          if try step() { continue }
        } catch {
          Logger.assay.error("\(plan.name) wait", metadata: ["error": "\(error)"])
        }
        rest()
      }
    }

    /// Waits in short steps, so that the worker ends soon when it is told to.
    private func rest() {
      var slices = plan.pause * 4
      while slices > 0, plan.goesOn() {
        usleep(250_000)
        slices -= 1
      }
    }
  }
}
