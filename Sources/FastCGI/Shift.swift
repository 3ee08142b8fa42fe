internal import CLinux
internal import Glibc
internal import Synchronization

/// Which threads of a pool take requests: a few while these are quick, more while slow ones hold
/// them.
///
/// Each thread at work brings a database session, and their memory pushes each other's out of the
/// processor's caches: on two cores six threads answer a quarter more requests than sixteen do, and
/// four a fifth more than six.
final class Shift: Sendable {
  /// Readable once the pool stops.
  let stopped: Int32
  private let stopper: Int32
  private let isOver = Atomic<Bool>(false)

  private let few: Int
  private let relief: Int
  private let onDuty = Atomic<Int>(0)
  /// Of those on duty, who waits for a request.
  private let waiting = Atomic<Int>(0)
  /// Connections taken to be read from, ever.
  private let taken = Atomic<Int>(0)

  private let alarm: Int32
  private let isAlarmSet = Atomic<Bool>(false)
  /// Held by the one thread off duty that listens for the alarm.
  private let watch = Mutex(())

  /// - Parameters:
  ///   - few: the threads on duty while requests are quick.
  ///   - relief: milliseconds for which all on duty may be held before another thread joins them.
  init(few: Int, relief: Int) {
    self.few = few
    self.relief = relief
    var ends: [Int32] = [-1, -1]
    let made = pool_pipe(&ends)
    alarm = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    precondition(made == 0 && alarm >= 0, "no descriptors for the pool")
    (stopped, stopper) = (ends[0], ends[1])
    // The first to come may all be held before any has waited in the queue.
    setAlarm()
  }

  deinit {
    stop()
    close(stopped)
    close(alarm)
  }

  /// Wakes every thread, and for good: which one written byte would not.
  func stop() {
    if !isOver.exchange(true, ordering: .relaxed) { close(stopper) }
  }

  /// Whether the pool stops.
  var isStopped: Bool { isOver.load(ordering: .relaxed) }

  /// Goes on duty, as soon as this thread is needed.
  func begin() {
    onDuty.add(1, ordering: .relaxed)
    stepOutIfCrowded()
  }

  /// Goes off duty while there are enough without this thread.
  func stepOutIfCrowded() {
    var count = onDuty.load(ordering: .relaxed)
    while count > few {
      let (isDone, found) = onDuty.weakCompareExchange(
        expected: count, desired: count - 1, ordering: .relaxed)
      count = found
      guard isDone else { continue }
      watch.withLock { _ in awaitAlarm() }
      onDuty.add(1, ordering: .relaxed)
      return
    }
  }

  /// Waits in the queue; what `wait` returns.
  func waiting<Result>(_ wait: () -> Result) -> Result {
    waiting.add(1, ordering: .relaxed)
    defer {
      if waiting.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { setAlarm() }
    }
    return wait()
  }

  /// Says that a connection has been taken to be read from.
  func took() { taken.add(1, ordering: .relaxed) }

  /// Returns when nobody waits and those on duty have taken nothing for a while.
  private func awaitAlarm() {
    var before = taken.load(ordering: .relaxed)
    while !isOver.load(ordering: .relaxed) {
      var events = [alarm, stopped].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&events, 2, -1)
      var times: UInt64 = 0
      guard read(alarm, &times, 8) == 8 else { continue }
      // In this order: the last to leave the queue from here on sets it again.
      isAlarmSet.store(false, ordering: .sequentiallyConsistent)
      guard waiting.load(ordering: .sequentiallyConsistent) == 0 else { continue }
      // For who listens next, be it this thread again.
      setAlarm()
      let now = taken.load(ordering: .relaxed)
      if now == before { return }
      before = now
    }
  }

  private func setAlarm() {
    guard !isAlarmSet.exchange(true, ordering: .sequentiallyConsistent) else { return }
    var time = itimerspec()
    time.it_value = timespec(tv_sec: relief / 1000, tv_nsec: relief % 1000 * 1_000_000)
    timerfd_settime(alarm, 0, &time, nil)
  }
}
