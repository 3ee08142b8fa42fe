internal import CLinux
internal import Glibc
internal import Imaging

/// The command `assay-decode unpack`: confines the process, walks one archive, and ends.
package enum UnpackLoop {
  private static let socket: Int32 = 0

  /// Runs the command.
  ///
  /// The exit status is 0 when everything was sent or the reader was gone, and 64 when it was
  /// started by hand.
  ///
  /// `confine` takes bytes of address space and seconds of CPU time.
  package static func run(_ arguments: [String], confine: (UInt64, UInt32) -> Bool) -> Int32 {
    guard (4...5).contains(arguments.count), let memory = UInt64(arguments[2]),
      let cpuSeconds = UInt32(arguments[3]), isSocket
    else {
      return complain("assay-decode is started by assay, with its socket as standard input", 64)
    }
    let encoding = arguments.count == 5 ? NameEncoding(rawValue: arguments[4]) : nil
    let names = encoding.flatMap { NameDecoder($0) }
    guard confine(memory, cpuSeconds) else { return complain("cannot confine itself", 71) }
    guard DecodeAnswer.ready.packet.withUnsafeBytes(send) else { return 0 }
    guard let (request, descriptor) = receive(), let file = FileWindow(descriptor) else { return 0 }
    guard names != nil || encoding == nil else {
      _ = ArchiveMessage.noArchive(.foreignNames).packet.withUnsafeBytes(send)
      return 0
    }
    var walk = ArchiveWalk(file, request.limits, names: names, say: send)
    _ = walk.run()
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

  private static func receive() -> (ArchiveRequest, Int32)? {
    var descriptor: Int32 = -1
    let packet = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = max(0, descriptors_receive(socket, buffer.baseAddress, buffer.count, &descriptor))
    }
    guard let request = ArchiveRequest(packet: packet), descriptor >= 0 else { return nil }
    return (request, descriptor)
  }

  // A full socket blocks here until the parent has read something.
  private static func send(_ packet: UnsafeRawBufferPointer) -> Bool {
    Glibc.send(socket, packet.baseAddress, packet.count, Int32(MSG_NOSIGNAL))
      == packet.count
  }
}
