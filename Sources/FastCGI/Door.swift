internal import CLinux
internal import Glibc

/// Where one thread waits for its next connection, or for the pool to stop.
struct Door: ~Copyable {
  private let listening: Int32
  private let shift: Shift
  private let epoll: Int32
  private var isLeaving = false

  init(listening: Int32, shift: Shift) {
    self.listening = listening
    self.shift = shift
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let watched =
      Self.queue(for: listening, epoll) && Self.watch(shift.stopped, EPOLLIN.rawValue, epoll)
    precondition(watched, "the descriptor to accept from is no socket")
  }

  deinit { close(epoll) }

  /// The next accepted connection; nil when the pool stops.
  mutating func next() -> Int32? {
    while !isLeaving {
      guard let ready = wait() else { continue }
      // Leaving, too, tries once: the connection that woke this thread woke no other one.
      isLeaving = ready == shift.stopped
      if let descriptor = accept() {
        shift.took()
        return descriptor
      }
    }
    return nil
  }

  /// The descriptor that has something for this thread.
  private func wait() -> Int32? {
    var event = epoll_event()
    if epoll_wait(epoll, &event, 1, 0) == 1 { return event.data.fd }
    // To the end of the queue: otherwise the first in it takes every connection that finds it idle,
    // and one process works while the others, and their cores, wait.
    epoll_ctl(epoll, EPOLL_CTL_DEL, listening, nil)
    // For want of memory it may fail for a while: what other threads have in hand is not to end by it.
    while !Self.queue(for: listening, epoll), errno != EEXIST { usleep(10_000) }
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

  // Exclusive: a connection wakes one thread, not those of all processes.
  private static func queue(for listening: Int32, _ epoll: Int32) -> Bool {
    watch(listening, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, epoll)
  }

  private static func watch(_ descriptor: Int32, _ events: UInt32, _ epoll: Int32) -> Bool {
    var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
  }
}
