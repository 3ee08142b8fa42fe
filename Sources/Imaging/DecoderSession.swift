internal import Glibc

/// Decodes the files of one unit of work (a request or a chunk) in a child that ends with it.
///
/// A file that compromises its child sees only the other files of the same unit. One thread at a
/// time uses a session. A descriptor belongs to the caller: it must be a regular file open for
/// reading; its offset is not used or changed.
package final class DecoderSession {
  // Fragmented and leaked memory is freed with the child.
  private static let filesPerChild = 2000
  private static let residentBytesPerChild = 96 << 20

  private let pool: DecoderPool
  private var child: DecoderChild?

  init(_ pool: DecoderPool) { self.pool = pool }

  deinit { end() }

  /// Decodes every pixel and accepts warnings but no errors; refuses any type but the given one.
  /// - Parameter milliseconds: the maximum total time, if it is less than the limits allow.
  package func verify(
    _ descriptor: Int32, as type: ImageType?, within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> Picture {
    let reply = try ask(.verify(type), about: descriptor, within: milliseconds)
    guard case (.picture(let picture), _) = reply, picture.isOf(type) else { throw wrongAnswer() }
    return picture
  }

  /// Inspects a picture that was verified before: its fingerprint and its metadata.
  package func inspect(_ descriptor: Int32) throws(DecodeFailure) -> Inspection {
    guard case (.inspection(let inspection), _) = try ask(.inspect, about: descriptor) else {
      throw .crashed
    }
    return inspection
  }

  /// The pixels of a picture that was verified before: its first frame, upright, in sRGB on white,
  /// three bytes each, row by row, as a square of `side` (1…`DecodeLimits.longestSquare`) across.
  /// - Parameter isCropped: whether it is cropped from the middle, not stretched.
  package func square(_ descriptor: Int32, side: Int, isCropped: Bool) throws(DecodeFailure)
    -> [UInt8]
  {
    let reply = try ask(.square(side: side, isCropped: isCropped), about: descriptor)
    guard case (.square, let pixels) = reply, pixels.count == side * side * 3 else {
      throw .crashed
    }
    return pixels
  }

  /// Ends a child whose answer does not fit the request, because it may be taken over.
  func wrongAnswer() -> DecodeFailure {
    end()
    return .crashed
  }

  /// Ends the child; the next file gets a new one.
  @discardableResult
  package func end() -> Int32 {
    defer { child = nil }
    return child.map(pool.end) ?? 0
  }

  /// Sends a file to the session's child; returns the answer and the bytes that follow it.
  func ask(
    _ task: DecodeRequest.Task, about descriptor: Int32, within milliseconds: Int? = nil
  ) throws(DecodeFailure) -> (DecodeAnswer, [UInt8]) {
    var limits = pool.limits
    let whole = Deadline(after: milliseconds ?? 2 * limits.wallMilliseconds)
    limits.wallMilliseconds = min(limits.wallMilliseconds, whole.left)
    guard pool.turnstile.enter(before: Deadline(after: limits.wallMilliseconds)) else {
      throw .unavailable("All image decoders are busy.")
    }
    defer { pool.turnstile.leave() }
    limits.wallMilliseconds = min(limits.wallMilliseconds, whole.left)
    let (answer, file) = try exchange(DecodeRequest(task, limits), descriptor, limits)
    switch answer {
    case .refused(let sentence): throw .refused(sentence)
    case .tooLarge(let width, let height): throw .tooLarge(width: width, height: height)
    case .started, .ready, .picture, .inspection, .square, .previews, .examined:
      return (answer, file)
    }
  }

  private func exchange(
    _ request: DecodeRequest, _ descriptor: Int32, _ limits: DecodeLimits
  ) throws(DecodeFailure) -> (DecodeAnswer, [UInt8]) {
    guard fcntl(descriptor, F_GETFD) >= 0 else { throw .unavailable("The file is not open.") }
    var starts = 0
    while true {
      guard var current = try takeChild(&starts) else { continue }
      let deadline = Deadline(after: limits.wallMilliseconds)
      let outcome = current.exchange(request, about: descriptor, before: deadline)
      child = current
      switch outcome {
      case .answered(let answer, let file):
        if isWorn(current) { end() }
        return (answer, file)
      case .unsent:
        // It ended while idle, and the next may have, too: each attempt removes one.
        end()
      case .died:
        throw [SIGXCPU, SIGALRM].contains(end()) ? .timedOut : .crashed
      case .late:
        end()
        throw .timedOut
      }
    }
  }

  /// The session's child or a new one; nil when the new one ended before it was ready.
  private func takeChild(_ starts: inout Int) throws(DecodeFailure) -> DecoderChild? {
    if let child { return child }
    return try pool.newChild(&starts)
  }

  private func isWorn(_ child: DecoderChild) -> Bool {
    pool.isStopped || child.files >= Self.filesPerChild
      || child.residentBytes > Self.residentBytesPerChild
  }
}
