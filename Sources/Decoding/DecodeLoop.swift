internal import CLinux
internal import CVips
internal import Glibc
internal import Imaging

/// The main loop of assay-decode: it prepares itself as a zygote, and forks a child for each socket
/// that it gets.
///
/// The zygote reads no file. A child confines itself, then answers until the other end of its socket
/// closes; it is a child of the zygote's parent, which sees it end.
package enum DecodeLoop {
  private static let socket: Int32 = 0

  /// Returns the exit status: 0 when the parent ended, 64 when it was started by hand.
  package static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count == 2, let memory = UInt64(arguments[1]), isSocket else {
      return complain("assay-decode is started by assay, with its socket as standard input", 64)
    }
    guard Decoder.start(program: arguments[0]) else {
      return complain("libvips does not start", 70)
    }
    Decoder.prepare()
    guard confine_limits(memory) == 0 else { return complain("cannot confine itself", 71) }
    while let child = receiveSocket() {
      guard zygote_is_alone() == 1 else { return complain("has threads and cannot fork", 70) }
      // Without the libraries' exit handlers, which could write to files shared with the zygote.
      if zygote_fork() == 0 { _exit(serve(child, memory)) }
      // Only the child may keep it open, so that the stream ends with the child.
      close(child)
    }
    return 0
  }

  /// Serves a child's socket.
  private static func serve(_ own: Int32, _ memory: UInt64) -> Int32 {
    guard dup2(own, socket) == socket else { return 71 }
    close(own)
    // First of all: the parent needs the process id to end this process.
    guard send(DecodeAnswer.started(getpid()).packet[...]) else { return 0 }
    guard confine_process(memory) == 0 else { return complain("cannot confine itself", 71) }
    guard send(DecodeAnswer.ready.packet[...]) else { return 0 }
    while let (request, descriptor) = receive() {
      guard confine_file(request.cpuSeconds, request.wallSeconds) == 0 else { return 71 }
      var files: [[UInt8]] = []
      let found = answer(request, about: descriptor, &files)
      // Before the answer, because the parent relies on the file being closed then.
      close(descriptor)
      guard confine_rest() == 0 else { return 71 }
      guard send(found.packet[...]), sendAll(Array(files.joined())) else { return 0 }
    }
    return 0
  }

  private static var isSocket: Bool {
    var facts = stat()
    return fstat(socket, &facts) == 0 && facts.st_mode & S_IFMT == S_IFSOCK
  }

  private static func complain(_ sentence: String, _ status: Int32) -> Int32 {
    let line = "assay-decode: \(sentence)\n"
    _ = write(2, line, line.utf8.count)
    return status
  }

  private static func answer(
    _ request: DecodeRequest, about descriptor: Int32, _ files: inout [[UInt8]]
  ) -> DecodeAnswer {
    do throws(DecodeFailure) {
      let file = try MappedFile(descriptor)
      return Decoder.answer(request, about: file.bytes, files: &files)
    } catch {
      guard case .refused(let sentence) = error else {
        return .refused(DecodeFailure.damagedSentence)
      }
      return .refused(sentence)
    }
  }

  /// The socket of the next child; nil at the end.
  private static func receiveSocket() -> Int32? {
    var byte: UInt8 = 0
    var descriptor: Int32 = -1
    guard descriptors_receive(socket, &byte, 1, &descriptor) > 0, descriptor >= 0 else {
      return nil
    }
    return descriptor
  }

  /// Nil at the end, or when the packet is invalid.
  private static func receive() -> (DecodeRequest, Int32)? {
    var descriptor: Int32 = -1
    let packet = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = max(0, descriptors_receive(socket, buffer.baseAddress, buffer.count, &descriptor))
    }
    guard let request = DecodeRequest(packet: packet), descriptor >= 0 else { return nil }
    return (request, descriptor)
  }

  private static func sendAll(_ bytes: [UInt8]) -> Bool {
    stride(from: 0, to: bytes.count, by: DecodeAnswer.longest).allSatisfy { start in
      send(bytes.dropFirst(start).prefix(DecodeAnswer.longest))
    }
  }

  private static func send(_ packet: ArraySlice<UInt8>) -> Bool {
    packet.withUnsafeBytes {
      Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
    }
  }
}
