internal import CLinux
internal import Glibc

/// A process of assay-decode that unpacks one archive, and our end of its socket.
final class ArchiveChild {
  private let child: DecoderChild
  private let socket: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ArchiveMessage.longest, alignment: 16)
  private var patience: Duration
  private var signal: Int32?

  /// Starts it and waits until it is confined; throws `unavailable` when that fails.
  init(
    _ executable: String, _ limits: ArchiveLimits, names: NameEncoding?
  ) throws(DecodeFailure) {
    patience = .seconds(limits.wallSeconds)
    let arguments =
      [executable, "unpack", "\(limits.addressSpaceBytes)", "\(limits.cpuSeconds)"]
      + (names.map { [$0.rawValue] } ?? [])
    let started = try ConfinedProgram.start(arguments)
    child = DecoderChild(identifier: started.identifier, socket: started.socket)
    socket = started.socket
    guard child.isReady(before: Deadline(after: limits.wallSeconds * 1000)) else {
      end()
      throw .unavailable("\(executable) did not become ready to unpack.")
    }
  }

  deinit {
    end()
    buffer.deallocate()
  }

  /// Sends the open archive.
  func hand(_ descriptor: Int32, _ request: ArchiveRequest) throws(DecodeFailure) {
    let packet = request.packet
    guard descriptors_send(socket, packet, packet.count, descriptor) == packet.count else {
      throw .unavailable("The unpacking process did not accept the archive.")
    }
  }

  /// The next packet, valid until the next call.
  func packet() throws(DecodeFailure) -> UnsafeRawBufferPointer {
    while true {
      // With plain recv the kernel drops descriptors that a compromised child might send.
      let count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 { return UnsafeRawBufferPointer(rebasing: buffer.prefix(count)) }
      if count < 0, errno == EINTR { continue }
      guard count < 0, errno == EAGAIN || errno == EWOULDBLOCK else {
        throw end() == SIGXCPU ? .timedOut : .crashed
      }
      try wait()
    }
  }

  // Only the time of waiting counts, not the time that the caller needs for a file.
  private func wait() throws(DecodeFailure) {
    let start = ContinuousClock.now
    let limit = Int(clamping: Int64((patience / .milliseconds(1)).rounded(.up)))
    guard Deadline(after: limit).wait(for: socket) else { throw .timedOut }
    patience -= min(patience, ContinuousClock.now - start)
  }

  /// Kills and reaps the process, once; returns the signal that ended it.
  @discardableResult
  func end() -> Int32 {
    if let signal { return signal }
    let last = child.end()
    signal = last
    return last
  }
}
