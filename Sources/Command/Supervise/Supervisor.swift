internal import Assay
internal import CLinux
internal import Glibc
internal import Logging
internal import Vocabulary

/// Keeps all places filled until it is told to stop, on one thread that signals wake.
final class Supervisor {
  private let children: Children
  private var places: [Place]
  private var isStopping = false
  private var isReplacing = false

  /// The time that a child has to finish its work.
  private static let grace = Duration.seconds(60)
  /// The time after which a new child has read its configuration and reached its database.
  private static let settling = Duration.seconds(1)

  init(children: Children, processes: Int, workers: Int) {
    self.children = children
    places =
      (0..<processes).map { _ in Place(.api) } + (0..<workers).map { _ in Place(.worker) }
  }

  /// Runs until all children have ended.
  func run() {
    Wakeup.block()
    Logger.assay.info("supervise.started", metadata: ["pid": "\(getpid())"])
    fillPlaces()
    while !isStopping {
      step(until: .now + .seconds(3600))
      if isReplacing, !isStopping { replaceAll() }
    }
    stopAll()
    Logger.assay.info("supervise.ended")
  }

  /// Handles one signal or a timeout.
  private func step(until deadline: ContinuousClock.Instant) {
    let due = places.filter(\.isVacant).map(\.due).min() ?? deadline
    switch Wakeup.wait(until: isStopping ? deadline : min(due, deadline)) {
    case SIGTERM, SIGINT: isStopping = true
    case SIGHUP: isReplacing = true
    default: break
    }
    // Signals of the same kind are merged, so dead children are collected each time.
    for pid in children.reap() {
      if let index = places.firstIndex(where: { $0.pid == pid }) { places[index].vacate() }
    }
    fillPlaces()
  }

  private func fillPlaces() {
    for index in places.indices where !isStopping && places[index].isVacant {
      guard places[index].due <= .now else { continue }
      if let pid = children.start(places[index].duty) {
        places[index].fill(with: pid)
      } else {
        places[index].vacate()
      }
    }
  }

  /// Replaces the children one after the other, and stops at the first new child that dies.
  private func replaceAll() {
    isReplacing = false
    for index in places.indices {
      guard !isStopping, replace(index) else { return }
    }
    Logger.assay.info("supervise.replaced")
  }

  private func replace(_ index: Int) -> Bool {
    guard let successor = children.start(places[index].duty) else { return false }
    wait(Self.settling) { !children.lives(successor) }
    guard children.lives(successor) else {
      Logger.assay.error("supervise.successor-died", metadata: ["pid": "\(successor)"])
      return false
    }
    let predecessor = places[index].pid
    places[index].fill(with: successor)
    guard let predecessor else { return true }
    children.signal(SIGTERM, predecessor)
    wait(Self.grace) { !children.lives(predecessor) }
    children.signal(SIGKILL, predecessor)
    return true
  }

  private func stopAll() {
    children.signalAll(SIGTERM)
    wait(Self.grace, evenStopping: true) { children.isEmpty }
    children.signalAll(SIGKILL)
    wait(.seconds(5), evenStopping: true) { children.isEmpty }
  }

  /// Continues to supervise until the time is over or the condition is true.
  private func wait(
    _ time: Duration, evenStopping: Bool = false, until isSo: () -> Bool
  ) {
    let deadline = ContinuousClock.now + time
    while !isSo(), evenStopping || !isStopping, ContinuousClock.now < deadline {
      step(until: deadline)
    }
  }
}
