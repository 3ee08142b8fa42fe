package import HTTP

internal import CFastCGI
internal import CLinux
internal import Glibc
internal import Synchronization

/// The accept loop: threads that take requests from the connections of one listening socket and
/// answer them.
///
/// A connection that the web server keeps (FCGI_KEEP_CONN) carries several requests, one after the
/// other; it holds a thread only while it has a request.
package final class Pool: Sendable {
  private let patience: Patience
  private let shift: Shift
  private let queue: AcceptQueue
  /// Number of threads that have a request.
  private let busy = Atomic<Int>(0)

  /// A pool on a listening socket, whose settings change for all processes that share it.
  /// - Parameters:
  ///   - patience: the time that a silent peer may hold a thread.
  ///   - few: the threads that take requests while these are quick.
  ///   - relief: milliseconds for which all of these may be busy before another thread joins them.
  package init(
    listening descriptor: Int32, patience: Patience = Patience(), few: Int = 2, relief: Int = 20
  ) {
    self.patience = patience
    shift = Shift(few: few, relief: relief)
    queue = AcceptQueue(listening: descriptor, shift: shift)
  }

  /// Runs until SIGTERM or SIGINT, then finishes the running requests and returns.
  ///
  /// Call it on the main thread before any other thread exists, because the signals must be blocked
  /// in all threads.
  /// - Parameters:
  ///   - makeState: called once on each thread; the state stays on that thread.
  ///   - answer: answers one request and renders its errors.
  ///   - finished: called when the client has its answer; the request can still be read.
  package func run<State>(
    threads: Int, stackKilobytes: Int = 1024,
    makeState: @escaping @Sendable () -> State,
    answer: @escaping @Sendable (inout State, HTTP.Request) -> HTTP.Response,
    finished: @escaping @Sendable (inout State, borrowing Exchange) -> Void
  ) {
    Signals.block()
    let crew = start(
      threads: threads, stackKilobytes: stackKilobytes, makeState: makeState, answer: answer,
      finished: finished)
    Signals.awaitStop()
    stop()
    crew.join()
  }

  /// Starts the threads and returns.
  ///
  /// `stop()` ends them. The parameters are those of `run`.
  package func start<State>(
    threads: Int, stackKilobytes: Int = 1024,
    makeState: @escaping @Sendable () -> State,
    answer: @escaping @Sendable (inout State, HTTP.Request) -> HTTP.Response,
    finished: @escaping @Sendable (inout State, borrowing Exchange) -> Void
  ) -> Crew {
    Signals.block()
    FCGX_Init()
    let responder = Responder(makeState: makeState, answer: answer, finished: finished)
    return Crew(
      threads: (0..<threads).map { _ in
        Thread(stackKilobytes: stackKilobytes) { self.work(for: responder, of: threads) }
      })
  }

  /// Lets every thread finish its request and end; other processes take new connections.
  package func stop() { shift.stop() }

  private func work<State>(for responder: Responder<State>, of threads: Int) {
    var state = responder.makeState()
    let connection = Connection(patience: patience)
    func answer(_ descriptor: Int32) {
      // All threads are busy: a request on a kept connection would wait while other processes idle.
      if busy.add(1, ordering: .relaxed).newValue == threads { queue.closeIdle() }
      defer { busy.subtract(1, ordering: .relaxed) }
      guard connection.receive(from: descriptor) else { return }
      if responder.serve(connection, &state) { queue.keep(descriptor) }
    }
    shift.begin()
    while let descriptor = queue.next() {
      answer(descriptor)
      shift.stepOutIfCrowded()
    }
    if let descriptor = queue.last() { answer(descriptor) }
  }
}

/// The threads of a running pool.
package struct Crew: Sendable {
  let threads: [Thread]

  /// Waits until every thread has ended; to be called once, after `Pool.stop()`.
  package func join() {
    for thread in threads { thread.join() }
  }
}

/// The time that a silent peer may hold a thread.
package struct Patience: Sendable {
  let head: Int
  let body: Int

  /// Sets the seconds of silence allowed until the parameters are complete, and afterwards.
  ///
  /// nginx connects when it has the whole request, so its parameters follow at once.
  package init(head: Int = 5, body: Int = 30) {
    self.head = head
    self.body = body
  }

  /// Waits until a connection can be read from or written to; false after the timeout.
  static func await(_ event: Int32, of descriptor: Int32, seconds: Int) -> Bool {
    var awaited = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    var count: Int32
    repeat { count = poll(&awaited, 1, Int32(seconds) * 1000) } while count < 0 && errno == EINTR
    return count == 1
  }
}
