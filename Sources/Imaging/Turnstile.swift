internal import CLinux
internal import Glibc

/// Admits a fixed number of threads at the same time; the others wait until a deadline.
///
/// It uses a semaphore descriptor, not a condition, because that is one Sendable integer.
final class Turnstile: Sendable {
  private let descriptor: Int32

  /// When the process has no free descriptors, no thread is admitted.
  init(places: Int) {
    descriptor = descriptors_semaphore(UInt32(clamping: places))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes a place; false when none is free before the deadline.
  func enter(before deadline: Deadline) -> Bool {
    guard descriptor >= 0 else { return false }
    var place: UInt64 = 0
    while read(descriptor, &place, 8) != 8 {
      guard errno == EAGAIN || errno == EINTR, deadline.wait(for: descriptor) else { return false }
    }
    return true
  }

  /// Returns the place.
  func leave() {
    var place: UInt64 = 1
    _ = write(descriptor, &place, 8)
  }
}
