internal import Glibc
package import Logging
internal import Postgres

/// Repeats a step on its own thread until it is told to stop.
package final class WorkerThread {
  private let thread: pthread_t

  /// A thread's step and its pauses.
  package struct Plan: Sendable {
    let name: String
    /// Seconds to wait after a step that had nothing to do, or that failed.
    let pause: Int
    let log: Logger
    /// Makes the step on its thread; the step returns true when the next one must start at once.
    let makeStep: @Sendable () -> () throws -> Bool

    /// Makes a plan.
    package init(
      _ name: String, pause: Int, log: Logger,
      makeStep: @escaping @Sendable () -> () throws -> Bool
    ) {
      (self.name, self.pause, self.log, self.makeStep) = (name, pause, log, makeStep)
    }

    /// Makes the plan of one thread of a lane, with its own worker for the lane's kinds.
    /// - Parameter mayWork: whether the surroundings allow work; asked before each chunk.
    package static func lane(
      _ lane: Lane, _ database: String, log: Logger,
      when mayWork: @escaping @Sendable () throws -> Bool = { true },
      kinds: @escaping @Sendable () -> [any JobKind]
    ) -> Plan {
      Plan(lane.name, pause: 1, log: log) {
        let kinds = kinds().filter { type(of: $0).lane == lane }
        let worker = Worker(kinds, database: database, log: log)
        return {
          guard try mayWork() else { return false }
          try worker.step()
          return true
        }
      }
    }
  }

  /// Runs all plans until they are told to stop.
  /// - Parameter goesOn: false when it is time to stop; called by all threads.
  package static func run(_ plans: [Plan], while goesOn: @escaping @Sendable () -> Bool) {
    let threads = plans.map { plan in
      guard let thread = WorkerThread(plan, goesOn) else {
        // A process that lacks a thread exits, and is started again.
        plan.log.error("no thread could be started", metadata: ["thread": "\(plan.name)"])
        exit(1)
      }
      return thread
    }
    for thread in threads { pthread_join(thread.thread, nil) }
  }

  /// Starts the thread; nil when the system cannot create one.
  private init?(_ plan: Plan, _ goesOn: @escaping @Sendable () -> Bool) {
    let start = Unmanaged.passRetained(Start(plan, goesOn))
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

  private final class Start: Sendable {
    private let plan: Plan
    private let goesOn: @Sendable () -> Bool

    init(_ plan: Plan, _ goesOn: @escaping @Sendable () -> Bool) {
      (self.plan, self.goesOn) = (plan, goesOn)
    }

    func run() {
      let step = plan.makeStep()
      while goesOn() {
        do {
          if try step() { continue }
        } catch PostgresError.unavailable where ServerWatch.shared.isAway {
          // One line has said so.
        } catch {
          plan.log.error("\(plan.name) wait", metadata: ["error": "\(error)"])
        }
        rest()
      }
    }

    /// Waits in short slices, so that the worker stops soon after it is told to.
    private func rest() {
      var slices = plan.pause * 4
      while slices > 0, goesOn() {
        usleep(250_000)
        slices -= 1
      }
    }
  }
}
