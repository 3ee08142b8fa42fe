internal import Glibc

/// The file that lists the processes, for tests and operators.
struct PidFile {
  let path: String

  /// Replaces the file atomically, so that a reader never sees half of it.
  func write(_ children: [(duty: Duty, pid: pid_t)]) {
    let lines = ["supervise \(getpid())"] + children.map { "\($0.duty.rawValue) \($0.pid)" }
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    let isWhole = Glibc.write(descriptor, text, text.count) == text.count
    close(descriptor)
    if isWhole { rename(draft, path) }
  }

  func remove() { unlink(path) }
}
