internal import CLinux
internal import Glibc
internal import Synchronization

/// Decides which threads of a pool take requests: a few while requests are quick, more while slow
/// requests keep these busy.
///
/// Each active thread has a database session, and their memory competes for the processor's caches.
/// On two cores, six threads answer a quarter more requests than sixteen do, and four a fifth more
/// than six.
final class Shift: Sendable {
  /// Readable when the pool stops.
  let stopped: Int32
  private let stopper: Int32
  private let isOver = Atomic<Bool>(false)

  private let few: Int
  private let relief: Int
  private let onDuty = Atomic<Int>(0)
  /// Number of active threads that wait for a request.
  private let waiting = Atomic<Int>(0)
  /// Total number of connections taken.
  private let taken = Atomic<Int>(0)

  private let alarm: Int32
  private let isAlarmSet = Atomic<Bool>(false)
  /// Held by the one inactive thread that waits for the alarm.
  private let watch = Mutex(())

  /// - Parameters:
  ///   - few: number of active threads while requests are quick.
  ///   - relief: milliseconds for which all active threads may be busy before another one joins.
  init(few: Int, relief: Int) {
    self.few = few
    self.relief = relief
    var ends: [Int32] = [-1, -1]
    let made = pool_pipe(&ends)
    alarm = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    precondition(made == 0 && alarm >= 0, "no descriptors for the pool")
    (stopped, stopper) = (ends[0], ends[1])
    // The first requests may keep all threads busy before any thread has waited.
    setAlarm()
  }

  deinit {
    stop()
    close(stopped)
    close(alarm)
  }

  /// Wakes every thread permanently: one written byte would wake only one of them.
  func stop() {
    if !isOver.exchange(true, ordering: .relaxed) { close(stopper) }
  }

  /// Whether the pool stops.
  var isStopped: Bool { isOver.load(ordering: .relaxed) }

  /// Adds this thread to the active ones as soon as it is needed.
  func begin() {
    onDuty.add(1, ordering: .relaxed)
    stepOutIfCrowded()
  }

  /// Makes this thread inactive while there are enough active ones.
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

  /// Runs `wait` and counts this thread as waiting meanwhile.
  func waiting<Result>(_ wait: () -> Result) -> Result {
    waiting.add(1, ordering: .relaxed)
    defer {
      if waiting.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { setAlarm() }
    }
    return wait()
  }

  /// Counts a connection that was taken.
  func took() { taken.add(1, ordering: .relaxed) }

  /// Returns when no thread waits and the active threads have taken nothing for a while.
  private func awaitAlarm() {
    var before = taken.load(ordering: .relaxed)
    while !isOver.load(ordering: .relaxed) {
      var events = [alarm, stopped].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&events, 2, -1)
      var times: UInt64 = 0
      guard read(alarm, &times, 8) == 8 else { continue }
      // The order matters: a thread that stops waiting after this line sets the alarm again.
      isAlarmSet.store(false, ordering: .sequentiallyConsistent)
      guard waiting.load(ordering: .sequentiallyConsistent) == 0 else { continue }
      // For the next thread that waits for the alarm, which may be this one.
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
