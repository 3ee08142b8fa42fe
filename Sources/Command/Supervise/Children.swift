internal import Assay
internal import CLinux
internal import Glibc
internal import Logging
internal import Vocabulary

/// The running children.
final class Children {
  let register: PidFile
  private let launcher: Launcher
  private var living: [pid_t: Duty] = [:]

  init(launcher: Launcher, register: PidFile) {
    self.launcher = launcher
    self.register = register
  }

  var isEmpty: Bool { living.isEmpty }

  func lives(_ pid: pid_t) -> Bool { living[pid] != nil }

  /// Starts a child; nil when the system cannot create the process.
  func start(_ duty: Duty) -> pid_t? {
    let pid = launcher.start(duty)
    guard pid > 0 else {
      let reason = String(cString: strerror(errno))
      Logger.assay.error("child.not-started", metadata: ["duty": "\(duty)", "reason": "\(reason)"])
      return nil
    }
    living[pid] = duty
    Logger.assay.info("child.started", metadata: ["duty": "\(duty)", "pid": "\(pid)"])
    record()
    return pid
  }

  /// Signals one child.
  func signal(_ signal: Int32, _ pid: pid_t) {
    if lives(pid) { kill(pid, signal) }
  }

  /// Signals all children.
  func signalAll(_ signal: Int32) {
    for pid in living.keys { kill(pid, signal) }
  }

  /// Removes the children that have ended, and returns them.
  func reap() -> [pid_t] {
    var dead: [pid_t] = []
    var status: Int32 = 0
    while case let pid = waitpid(-1, &status, WNOHANG), pid > 0 {
      guard let duty = living.removeValue(forKey: pid) else { continue }
      dead.append(pid)
      Logger.assay.log(
        level: status == 0 ? .info : .error, "child.ended",
        metadata: ["duty": "\(duty)", "pid": "\(pid)", "how": "\(Self.describe(status))"])
    }
    if !dead.isEmpty { record() }
    return dead
  }

  private func record() {
    register.write(
      living.map { (duty: $1, pid: $0) }
        .sorted { ($0.duty.rawValue, $0.pid) < ($1.duty.rawValue, $1.pid) })
  }

  private static func describe(_ status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "exit \((status >> 8) & 0xFF)" : "signal \(signal)"
  }
}
