internal import CFastCGI
internal import CLinux
internal import Glibc

/// Reads a peer's records and checks every length.
///
/// Any process that may write to the socket can crash libfcgi 2.4.2, by an overflowing sum of
/// lengths or by management records that overrun its stack. So libfcgi never reads from the peer.
final class RecordReader {
  /// Not cleared, because pages that are never written take no memory.
  private var bytes = [UInt8](unsafeUninitializedCapacity: capacity) { $1 = capacity }
  /// The part of `bytes` that is received and not yet used.
  private var filled = 0..<0
  private var descriptor: Int32 = -1
  private var head = Head()
  private var body = Body.header
  private let patience: Patience
  /// Seconds of silence allowed now.
  private var seconds = 0

  init(patience: Patience) { self.patience = patience }

  private static let capacity = 1 << 16

  /// The next part of the body's stream.
  private enum Body {
    case header
    case content(left: Int, padding: Int)
    case padding(left: Int)
    case ended
    case broken
  }

  /// Reads the records of a head, at most 64 KiB; nil when there was no valid one.
  func readHead(from descriptor: Int32) -> [UInt8]? {
    self.descriptor = descriptor
    seconds = patience.head
    filled = 0..<0
    body = .header
    head = Head()
    while receive() {
      switch head.check(bytes[filled]) {
      case .incomplete: continue
      case .malformed: return nil
      case .whole(let length):
        seconds = patience.body
        filled = length..<filled.upperBound
        return Array(bytes[..<length])
      }
    }
    return nil
  }

  /// Reads bytes of the body; 0 at its end, -1 when the peer closed, stalled or aborted.
  func readBody(into room: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    while count < room.count {
      switch body {
      case .ended: return count
      case .broken: return count > 0 ? count : -1
      case .header, .content, .padding:
        // Return what is there instead of waiting for the full count.
        if filled.isEmpty, count > 0 { return count }
        if !filled.isEmpty || refill() {
          count += advance(UnsafeMutableRawBufferPointer(rebasing: room[count...]))
        }
      }
    }
    return count
  }

  /// Whether the peer keeps the connection for another request.
  var isToBeKept: Bool { head.isToBeKept }

  /// Whether the peer has sent everything, so that closing at once loses nothing.
  var isExhausted: Bool {
    switch body {
    case .ended: return filled.isEmpty
    case .header:
      // The end of an empty body came together with the head.
      guard filled.count == Int(FCGI_HEADER_LEN),
        let record = Record(headerAt: filled.lowerBound, in: bytes[filled])
      else { return false }
      return record.isValid(FCGI_STDIN, of: head.request) && record.content.isEmpty
    default: return false
    }
  }

  /// Uses received bytes of the next header, content or padding; returns the count put into `room`.
  private func advance(_ room: UnsafeMutableRawBufferPointer) -> Int {
    switch body {
    case .header: nextRecord()
    case .content(let left, let padding):
      let piece = filled.prefix(min(left, room.count))
      room.copyBytes(from: bytes[piece])
      take(piece.count)
      body =
        piece.count == left
        ? .padding(left: padding) : .content(left: left - piece.count, padding: padding)
      return piece.count
    case .padding(let left):
      let skipped = min(left, filled.count)
      take(skipped)
      body = skipped == left ? .header : .padding(left: left - skipped)
    case .ended, .broken: break
    }
    return 0
  }

  private func nextRecord() {
    guard let record = Record(headerAt: filled.lowerBound, in: bytes[filled]) else {
      _ = refill()
      return
    }
    guard record.isValid(FCGI_STDIN, of: head.request) else {
      body = .broken
      return
    }
    take(Int(FCGI_HEADER_LEN))
    body =
      record.content.isEmpty
      ? .ended : .content(left: record.content.count, padding: record.padding)
  }

  private func take(_ count: Int) { filled = (filled.lowerBound + count)..<filled.upperBound }

  /// Receives more of the body after moving the unread bytes to the front.
  private func refill() -> Bool {
    for (place, index) in filled.enumerated() { bytes[place] = bytes[index] }
    filled = 0..<filled.count
    if receive() { return true }
    body = .broken
    return false
  }

  /// Appends received bytes; false at the end, after too long a silence, or when there is no room.
  private func receive() -> Bool {
    let end = filled.upperBound
    guard end < bytes.count else { return false }
    repeat {
      let got = bytes.withUnsafeMutableBytes { all in
        let room = UnsafeMutableRawBufferPointer(rebasing: all[end...])
        return recv(descriptor, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
      }
      if got > 0 {
        filled = filled.lowerBound..<(end + got)
        return true
      }
      guard got < 0, errno == EAGAIN else { return false }
    } while Patience.await(POLLIN, of: descriptor, seconds: seconds)
    return false
  }
}
