internal import CLinux
internal import Glibc
internal import Synchronization

/// The queue in which the threads of a pool wait for the next request.
///
/// A request comes on a new connection, or on one that the web server has kept. A kept connection
/// without a request holds no thread.
final class AcceptQueue: Sendable {
  private let listening: Int32
  private let shift: Shift
  private let epoll: Int32
  /// Kept connections that no thread is using.
  private let idle = Mutex<Set<Int32>>([])
  private let turns = Atomic<Int>(0)

  /// Maximum number of kept connections; nginx keeps 32 for each of its processes.
  private static let capacity = 256

  init(listening: Int32, shift: Shift) {
    self.listening = listening
    self.shift = shift
    Self.keepFromBlocking(listening)
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let watched = queue() && watch(shift.stopped, EPOLLIN.rawValue)
    precondition(watched, "the descriptor to accept from is not a socket")
  }

  deinit {
    closeIdle()
    close(epoll)
  }

  /// A connection that has a request; nil when the pool stops.
  func next() -> Int32? {
    while !shift.isStopped {
      if let descriptor = newcomer() ?? awaited() {
        shift.took()
        return descriptor
      }
    }
    return nil
  }

  /// Accepts a new connection at every eighth call, if there is one.
  ///
  /// epoll returns each kept connection that is ready before a new one. With many of them, clients
  /// that need a new connection would wait too long.
  private func newcomer() -> Int32? {
    turns.add(1, ordering: .relaxed).newValue % 8 == 0 ? accept() : nil
  }

  private func awaited() -> Int32? {
    guard let ready = wait(), !shift.isStopped else { return nil }
    return ready == listening ? accept() : take(ready)
  }

  /// Accepts one more connection when the thread ends: the connection that woke it woke no other.
  func last() -> Int32? {
    closeIdle()
    return accept()
  }

  /// Closes the kept connections: the web server sends their next requests to any idle process.
  func closeIdle() {
    idle.withLock { idle in
      for descriptor in idle { close(descriptor) }
      idle.removeAll()
    }
  }

  /// Waits for the next request of a connection whose request has been answered.
  func keep(_ descriptor: Int32) {
    let isKept = idle.withLock { idle in
      guard !shift.isStopped, idle.count < Self.capacity, watchOnce(descriptor) else {
        return false
      }
      // Another thread may have been woken already; it waits for the lock.
      return idle.insert(descriptor).inserted
    }
    if !isKept { close(descriptor) }
  }

  private func take(_ descriptor: Int32) -> Int32? {
    idle.withLock { $0.remove(descriptor) }
  }

  /// Waits for a descriptor that is ready for this thread.
  private func wait() -> Int32? {
    var event = epoll_event()
    if epoll_wait(epoll, &event, 1, 0) == 1 { return event.data.fd }
    // Go to the end of the kernel's queue. Otherwise the first process in it accepts every new
    // connection while it is idle, and the other processes and their cores have no work.
    epoll_ctl(epoll, EPOLL_CTL_DEL, listening, nil)
    // It can fail for a while without memory. Do not stop: other threads still have requests.
    while !queue(), errno != EEXIST { usleep(10_000) }
    return shift.waiting { epoll_wait(epoll, &event, 1, -1) } == 1 ? event.data.fd : nil
  }

  /// Limits the time for which accepting can block, whatever the flags of the descriptor are.
  ///
  /// systemd clears O_NONBLOCK, which all processes share, whenever it starts one of them. A thread
  /// that blocked would serve no kept connection, and would not notice that the pool stops.
  private static func keepFromBlocking(_ listening: Int32) {
    var limit = timeval(tv_sec: 0, tv_usec: 1000)
    setsockopt(
      listening, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  private func accept() -> Int32? {
    _ = fcntl(listening, F_SETFL, O_RDWR | O_NONBLOCK)
    let descriptor = pool_accept(listening)
    if descriptor >= 0 { return descriptor }
    let isOrdinary = [EAGAIN, EINTR, ECONNABORTED].contains(errno)
    // No descriptors or no memory: the socket stays readable, so wait instead of spinning.
    if !isOrdinary { usleep(10_000) }
    return nil
  }

  // Exclusive: a connection wakes one process, not all of them.
  private func queue() -> Bool { watch(listening, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue) }

  // Wakes one thread, and then none until it is set again. A new connection is added first.
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
