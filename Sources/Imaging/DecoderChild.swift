internal import CLinux
internal import Glibc

/// A running process of assay-decode and our end of its socket.
///
/// One thread at a time uses it, and must return it to the pool or end it.
struct DecoderChild: Sendable {
  /// The outcome of an exchange.
  enum Outcome {
    case answered(DecodeAnswer, [UInt8] = [])
    /// The child had ended before it received the file.
    case unsent
    /// The child crashed, or sent an invalid answer, after it had received the file.
    case died
    /// No answer came in time; the child may still be working.
    case late
  }

  let identifier: pid_t
  private let socket: Int32
  private(set) var files = 0

  init(identifier: pid_t, socket: Int32) {
    self.identifier = identifier
    self.socket = socket
  }

  /// Waits for the message that the child is confined and accepts files.
  func readiness(before deadline: Deadline) -> Outcome { answer(before: deadline) }

  /// The child that a zygote forks for the other end of a socket; nil when it ended before it was
  /// ready, or the zygote ended or did not answer in time.
  static func born(_ socket: Int32, before deadline: Deadline) -> DecoderChild? {
    let stream = DecoderChild(identifier: 0, socket: socket)
    guard case .answered(.started(let identifier), _) = stream.answer(before: deadline) else {
      close(socket)
      return nil
    }
    let child = DecoderChild(identifier: identifier, socket: socket)
    if child.isReady(before: deadline) { return child }
    child.end()
    return nil
  }

  /// Whether that message came.
  func isReady(before deadline: Deadline) -> Bool {
    guard case .answered(.ready, _) = readiness(before: deadline) else { return false }
    return true
  }

  /// Sends one open file and waits for the answer.
  mutating func exchange(
    _ request: DecodeRequest, about descriptor: Int32, before deadline: Deadline
  ) -> Outcome {
    guard send(request.packet, with: descriptor) else { return .unsent }
    files += 1
    return answer(before: deadline)
  }

  /// Sends one packet and an open descriptor; false when the child has ended.
  func send(_ packet: [UInt8], with descriptor: Int32) -> Bool {
    while true {
      let sent = descriptors_send(socket, packet, packet.count, descriptor)
      if sent >= 0 || errno != EINTR { return sent == packet.count }
    }
  }

  private func answer(before deadline: Deadline) -> Outcome {
    guard deadline.wait(for: socket) else { return .late }
    guard let answer = DecodeAnswer(packet: packet()) else { return .died }
    let size = answer.attached
    return size == 0 ? .answered(answer) : attachment(size, to: answer, before: deadline)
  }

  /// Receives the packets that follow an answer.
  private func attachment(_ size: Int, to answer: DecodeAnswer, before deadline: Deadline)
    -> Outcome
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    while bytes.count < size {
      guard deadline.wait(for: socket) else { return .late }
      let part = packet()
      guard !part.isEmpty, part.count <= size - bytes.count else { return .died }
      bytes += part
    }
    return .answered(answer, bytes)
  }

  /// The received packet; empty at the end of the stream.
  private func packet() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: DecodeAnswer.longest) { buffer, count in
      // With plain recv the kernel drops descriptors that a compromised child might send.
      count = max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
  }

  /// Resident memory in bytes, 0 when it is unknown.
  var residentBytes: Int {
    let file = open("/proc/\(identifier)/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    let text = String(unsafeUninitializedCapacity: 128) { max(0, read(file, $0.baseAddress, 128)) }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// Kills and reaps it; returns the signal that ended it: not ours if it had crashed before.
  @discardableResult
  func end() -> Int32 {
    kill(identifier, SIGKILL)
    close(socket)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f
  }
}
