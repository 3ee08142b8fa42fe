internal import CLinux
internal import Glibc
internal import Synchronization

/// The queue of connections on which the threads of a pool wait for the next request.
///
/// It comes on a new connection, or on one that the web server has kept; that holds no thread.
final class AcceptQueue: Sendable {
  private let listening: Int32
  private let shift: Shift
  private let epoll: Int32
  /// Kept connections that no thread has in hand.
  private let idle = Mutex<Set<Int32>>([])
  private let turns = Atomic<Int>(0)

  /// The most that are kept; nginx keeps 32 for each of its own processes.
  private static let capacity = 256

  init(listening: Int32, shift: Shift) {
    self.listening = listening
    self.shift = shift
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let watched = queue() && watch(shift.stopped, EPOLLIN.rawValue)
    precondition(watched, "the descriptor to accept from is no socket")
  }

  deinit {
    closeIdle()
    close(epoll)
  }

  /// A connection on which a request comes; nil when the pool stops.
  func next() -> Int32? {
    while !shift.isStopped {
      if let descriptor = newcomer() ?? awaited() {
        shift.took()
        return descriptor
      }
    }
    return nil
  }

  /// Every eighth time a new connection, if there is one.
  ///
  /// Of the kept ones that are ready each has its turn before a new one has: when they are many,
  /// too late for those who may only come on a new one.
  private func newcomer() -> Int32? {
    turns.add(1, ordering: .relaxed).newValue % 8 == 0 ? accept() : nil
  }

  private func awaited() -> Int32? {
    guard let ready = wait(), !shift.isStopped else { return nil }
    return ready == listening ? accept() : take(ready)
  }

  /// What a thread that leaves still takes, once: the connection that woke it woke no other.
  func last() -> Int32? {
    closeIdle()
    return accept()
  }

  /// Closes the kept connections: the web server sends their next requests to whoever has time.
  func closeIdle() {
    idle.withLock { idle in
      for descriptor in idle { close(descriptor) }
      idle.removeAll()
    }
  }

  /// Waits for the next request of a connection that has had its answer.
  func keep(_ descriptor: Int32) {
    let isKept = idle.withLock { idle in
      guard !shift.isStopped, idle.count < Self.capacity, watchOnce(descriptor) else {
        return false
      }
      // A thread that it has woken meanwhile waits for the lock.
      return idle.insert(descriptor).inserted
    }
    if !isKept { close(descriptor) }
  }

  private func take(_ descriptor: Int32) -> Int32? {
    idle.withLock { $0.remove(descriptor) }
  }

  /// The descriptor that has something for this thread.
  private func wait() -> Int32? {
    var event = epoll_event()
    if epoll_wait(epoll, &event, 1, 0) == 1 { return event.data.fd }
    // To the end of the queue: otherwise the first in it takes every new connection that finds it
    // idle, and one process works while the others, and their cores, wait.
    epoll_ctl(epoll, EPOLL_CTL_DEL, listening, nil)
    // For want of memory it may fail for a while: what other threads have in hand is not to end by it.
    while !queue(), errno != EEXIST { usleep(10_000) }
    return shift.waiting { epoll_wait(epoll, &event, 1, -1) } == 1 ? event.data.fd : nil
  }

  private func accept() -> Int32? {
    let descriptor = pool_accept(listening)
    if descriptor >= 0 { return descriptor }
    let isOrdinary = [EAGAIN, EINTR, ECONNABORTED].contains(errno)
    // Out of descriptors or memory: the socket stays readable, so do not spin on it.
    if !isOrdinary { usleep(10_000) }
    return nil
  }

  // Exclusive: a connection wakes one process, not all of them.
  private func queue() -> Bool { watch(listening, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue) }

  // One thread is woken, and until it is told again no other. It is new here with its first request.
  private func watchOnce(_ descriptor: Int32) -> Bool {
    let events = EPOLLIN.rawValue | EPOLLONESHOT.rawValue
    return watch(descriptor, events, EPOLL_CTL_MOD) || watch(descriptor, events)
  }

  private func watch(
    _ descriptor: Int32, _ events: UInt32, _ how: Int32 = EPOLL_CTL_ADD
  ) -> Bool {
    var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
    return epoll_ctl(epoll, how, descriptor, &event) == 0
  }
}
