internal import CLinux
internal import Glibc
internal import Synchronization

/// Where the threads of a pool wait for the next request: on a new connection, or on one that the
/// web server has kept for it. A kept connection holds no thread.
final class Door: Sendable {
  private let listening: Int32
  private let shift: Shift
  private let epoll: Int32
  /// Kept connections that no thread has in hand.
  private let idle = Mutex<Set<Int32>>([])

  /// The most that are kept: nginx keeps fewer.
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
    var isLeaving = false
    while !isLeaving {
      guard let ready = wait() else { continue }
      // Leaving, too, tries once: the connection that woke this thread woke no other one.
      isLeaving = ready == shift.stopped
      if let descriptor = isLeaving || ready == listening ? accept() : take(ready) {
        shift.took()
        return descriptor
      }
    }
    closeIdle()
    return nil
  }

  /// Waits for the next request of a connection that has had its answer.
  func keep(_ descriptor: Int32) {
    let isKept = idle.withLock { idle in
      guard !shift.isStopped, idle.count < Self.capacity else { return false }
      // Before it can be ready: then another thread looks for it.
      idle.insert(descriptor)
      // For one thread, once.
      let events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue
      if watch(descriptor, events, EPOLL_CTL_MOD) || watch(descriptor, events) { return true }
      idle.remove(descriptor)
      return false
    }
    if !isKept { close(descriptor) }
  }

  private func take(_ descriptor: Int32) -> Int32? {
    idle.withLock { $0.remove(descriptor) }
  }

  /// The web server takes its next request elsewhere.
  private func closeIdle() {
    idle.withLock { idle in
      for descriptor in idle { close(descriptor) }
      idle.removeAll()
    }
  }

  /// The descriptor that has something for this thread.
  private func wait() -> Int32? {
    var event = epoll_event()
    if epoll_wait(epoll, &event, 1, 0) == 1 { return event.data.fd }
    // To the end of the queue: otherwise the first in it takes every connection that finds it idle,
    // and one process works while the others, and their cores, wait.
    epoll_ctl(epoll, EPOLL_CTL_DEL, listening, nil)
    // For want of memory it may fail for a while: what other threads have in hand is not to end by it.
    while !queue(), errno != EEXIST { usleep(10_000) }
    return shift.atDoor { epoll_wait(epoll, &event, 1, -1) } == 1 ? event.data.fd : nil
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

  private func watch(
    _ descriptor: Int32, _ events: UInt32, _ how: Int32 = EPOLL_CTL_ADD
  ) -> Bool {
    var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
    return epoll_ctl(epoll, how, descriptor, &event) == 0
  }
}
