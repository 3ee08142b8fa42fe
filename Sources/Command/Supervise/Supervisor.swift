internal import Assay
internal import CLinux
internal import Glibc
internal import Logging

/// Fills the places until it is told to stop; one thread, woken by signals.
final class Supervisor {
  private let children: Children
  private var places: [Place]
  private var isStopping = false
  private var isReplacing = false

  /// How long a child may take to finish what it has in hand.
  private static let grace = Duration.seconds(60)
  /// A new child that lives that long has read its configuration and reached its database.
  private static let settling = Duration.seconds(1)

  init(children: Children, processes: Int, workers: Int) {
    self.children = children
    places =
      (0..<processes).map { _ in Place(.api) } + (0..<workers).map { _ in Place(.worker) }
  }

  /// Returns when all children have ended.
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

  /// Handles one signal, or the passing of time.
  private func step(until deadline: ContinuousClock.Instant) {
    let due = places.filter(\.isVacant).map(\.due).min() ?? deadline
    switch Wakeup.wait(until: isStopping ? deadline : min(due, deadline)) {
    case SIGTERM, SIGINT: isStopping = true
    case SIGHUP: isReplacing = true
    default: break
    }
    // Signals that come together are one: look for the dead each time.
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

  /// Replaces one child after the other; gives up at the first successor that does not live.
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

  /// Goes on supervising for that long, or until it is so.
  private func wait(
    _ time: Duration, evenStopping: Bool = false, until isSo: () -> Bool
  ) {
    let deadline = ContinuousClock.now + time
    while !isSo(), evenStopping || !isStopping, ContinuousClock.now < deadline {
      step(until: deadline)
    }
  }
}
