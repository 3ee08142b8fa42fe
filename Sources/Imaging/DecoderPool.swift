internal import Glibc
internal import Synchronization

/// Decodes hostile bytes in a few bounded children, one file a child at a time.
///
/// Any number of threads may call at once. A descriptor stays its caller's: it must be a regular
/// file open for reading, its offset neither matters nor moves.
package final class DecoderPool: Sendable {
  private struct State {
    var idle: [DecoderChild] = []
    var living: Set<Int32> = []
    var isStopped = false
  }

  // Fragmentation and leaks end with the child.
  private static let filesPerChild = 2000
  private static let residentBytesPerChild = 256 << 20
  // Each start that fails took a child away: more than these are no accident.
  private static let mostStarts = 4

  private let executable: String
  private let limits: DecodeLimits
  private let turnstile: Turnstile
  private let state = Mutex(State())

  /// Starts nothing yet; at most `size` children will live at once.
  package init(executable: String, size: Int, limits: DecodeLimits = .init()) {
    self.executable = executable
    self.limits = limits
    turnstile = Turnstile(places: size)
  }

  deinit { stop() }

  /// Decodes every pixel with errors fatal and warnings passed; refuses any type but the given one.
  /// - Parameter milliseconds: how long all of it may take, when that is less than the limits allow.
  package func verify(
    _ descriptor: Int32, as type: ImageType?, within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> Picture {
    let reply = try ask(.verify(type), about: descriptor, within: milliseconds)
    guard case (.picture(let picture), _) = reply else { throw .crashed }
    return picture
  }

  /// Looks at a picture that was verified before: its fingerprint, and what its metadata declares.
  package func inspect(_ descriptor: Int32) throws(DecodeFailure) -> Inspection {
    guard case (.inspection(let inspection), _) = try ask(.inspect, about: descriptor) else {
      throw .crashed
    }
    return inspection
  }

  /// Makes a WebP file of a picture that was verified before: its first frame, upright, in sRGB,
  /// without metadata, at most `longest` (1…`DecodeLimits.longestPreview`) pixels across and down,
  /// never enlarged.
  package func preview(_ descriptor: Int32, longest: Int) throws(DecodeFailure) -> [UInt8] {
    let asked = min(max(1, longest), DecodeLimits.longestPreview)
    let reply = try ask(.preview(longest: asked), about: descriptor)
    guard case (.preview, let file) = reply else { throw .crashed }
    return file
  }

  /// The pixels of a picture that was verified before: its first frame, upright, in sRGB on white,
  /// three bytes each, row by row, as a square of `side` (1…`DecodeLimits.longestSquare`) across.
  /// - Parameter isCropped: cut from the middle; else all of the picture is stretched to it.
  package func square(_ descriptor: Int32, side: Int, isCropped: Bool) throws(DecodeFailure)
    -> [UInt8]
  {
    let reply = try ask(.square(side: side, isCropped: isCropped), about: descriptor)
    guard case (.preview, let pixels) = reply, pixels.count == side * side * 3 else {
      throw .crashed
    }
    return pixels
  }

  /// Ends all children, those at work when they have answered; from now on all is `unavailable`.
  package func stop() {
    let idle = state.withLock { state in
      state.isStopped = true
      defer { state.idle = [] }
      return state.idle
    }
    for child in idle { end(child) }
  }

  /// The process identifiers of the children alive.
  package var children: Set<Int32> { state.withLock(\.living) }

  private func ask(
    _ task: DecodeRequest.Task, about descriptor: Int32, within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> (DecodeAnswer, [UInt8]) {
    var limits = limits
    let whole = Deadline(after: milliseconds ?? 2 * limits.wallMilliseconds)
    limits.wallMilliseconds = min(limits.wallMilliseconds, whole.left)
    guard turnstile.enter(before: Deadline(after: limits.wallMilliseconds)) else {
      throw .unavailable("All image decoders are busy.")
    }
    defer { turnstile.leave() }
    limits.wallMilliseconds = min(limits.wallMilliseconds, whole.left)
    let (answer, file) = try exchange(DecodeRequest(task, limits), descriptor, limits)
    switch answer {
    case .refused(let sentence): throw .refused(sentence)
    case .tooLarge(let width, let height): throw .tooLarge(width: width, height: height)
    case .ready, .picture, .inspection, .preview: return (answer, file)
    }
  }

  private func exchange(
    _ request: DecodeRequest, _ descriptor: Int32, _ limits: DecodeLimits
  ) throws(DecodeFailure) -> (DecodeAnswer, [UInt8]) {
    guard fcntl(descriptor, F_GETFD) >= 0 else { throw .unavailable("The file is not open.") }
    var starts = 0
    while true {
      guard var child = try takeChild(&starts) else { continue }
      let deadline = Deadline(after: limits.wallMilliseconds)
      switch child.exchange(request, about: descriptor, before: deadline) {
      case .answered(let answer, let file):
        putBack(child)
        return (answer, file)
      case .unsent:
        // It died idle, and the next may have too: each turn takes one away.
        end(child)
      case .died:
        throw [SIGXCPU, SIGALRM].contains(end(child)) ? .timedOut : .crashed
      case .late:
        end(child)
        throw .timedOut
      }
    }
  }

  /// An idle child or a new one; nil when the new one died before it was ready, which a child that
  /// is killed from outside may.
  private func takeChild(_ starts: inout Int) throws(DecodeFailure) -> DecoderChild? {
    let (stopped, idle) = state.withLock { ($0.isStopped, $0.idle.popLast()) }
    if stopped { throw .unavailable("The image decoders are stopped.") }
    if let idle { return idle }
    starts += 1
    guard starts <= Self.mostStarts else {
      throw .unavailable("\(executable) did not become ready.")
    }
    guard let child = try DecoderChild.spawn(executable, limits) else { return nil }
    state.withLock { _ = $0.living.insert(child.identifier) }
    return child
  }

  private func putBack(_ child: DecoderChild) {
    let worn =
      child.files >= Self.filesPerChild || child.residentBytes > Self.residentBytesPerChild
    let kept = state.withLock { state in
      guard !state.isStopped, !worn else { return false }
      state.idle.append(child)
      return true
    }
    if !kept { end(child) }
  }

  @discardableResult
  private func end(_ child: DecoderChild) -> Int32 {
    state.withLock { _ = $0.living.remove(child.identifier) }
    return child.end()
  }
}
