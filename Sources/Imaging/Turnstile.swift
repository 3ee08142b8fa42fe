internal import CLinux
internal import Glibc

/// Lets a fixed number of threads through at once; the others wait, but not for ever.
///
/// A semaphore descriptor rather than a condition: it is one Sendable integer.
final class Turnstile: Sendable {
  private let descriptor: Int32

  /// When the process is out of descriptors nobody gets through.
  init(places: Int) {
    descriptor = descriptors_semaphore(UInt32(clamping: places))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes a place before the deadline; false when there was none.
  func enter(before deadline: Deadline) -> Bool {
    guard descriptor >= 0 else { return false }
    var place: UInt64 = 0
    while read(descriptor, &place, 8) != 8 {
      guard errno == EAGAIN || errno == EINTR, deadline.wait(for: descriptor) else { return false }
    }
    return true
  }

  /// Gives the place back.
  func leave() {
    var place: UInt64 = 1
    _ = write(descriptor, &place, 8)
  }
}
