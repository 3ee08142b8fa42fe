internal import Glibc

/// A decoder that crashes when it inspects or examines a picture with a certain text.
///
/// It is a proxy of the real decoder.
package struct PoisonedDecoder: Sendable {
  /// The process that dies.
  package enum Victim: String, Sendable {
    /// The decoder itself, when it inspects or examines the picture.
    case decoder
    /// The process that asks for an inspection.
    case asker
    /// None: its answers to verifications and examinations have another type of picture.
    case type
    /// None: the previews after its answers to examinations are no JPEG files.
    case previews
  }

  /// The path of the program.
  package let path: String
  private let log: String

  /// Writes the program.
  /// - Parameters:
  ///   - folder: the folder for the program and the list of deaths.
  ///   - decoder: the real one.
  ///   - poison: the text in the picture.
  ///   - most: the maximum number of deaths.
  package init(
    in folder: String, before decoder: String, poison: String, victim: Victim, most: Int = .max
  ) throws {
    path = "\(folder)/poisoned-decoder"
    log = "\(folder)/deaths"
    let kinds =
      switch victim {
      case .decoder: "[0, 4]"
      case .asker: "[0]"
      case .type: "[1, 4]"
      case .previews: "[4]"
      }
    let head = """
      #!/usr/bin/python3
      REAL, POISON, LOG = "\(decoder)", b"\(poison)", "\(log)"
      VICTIM, MOST, KINDS = "\(victim.rawValue)", \(most), \(kinds)

      """
    try Files.write(log, [])
    chmod(log, 0o666)
    try Files.write(path, Array((head + Self.script).utf8))
    chmod(path, 0o755)
  }

  /// The number of deaths or false answers.
  package var deaths: Int { get throws { try Files.bytes(log).count } }

  private static let script = #"""
    import os, select, signal, socket, sys

    JPEG = bytes([0xFF, 0xD8, 0xFF])
    asker = os.getppid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    outer = socket.socket(fileno=0)
    zygote, theirs = socket.socketpair(outer.family, outer.type)
    if os.fork() == 0:
        os.dup2(theirs.fileno(), 0)
        os.closerange(3, 64)
        os.execv(REAL, sys.argv)
    theirs.close()

    def stand_between(asking, decoder):
        lies = False
        while True:
            for ready in select.select([asking, decoder], [], [])[0]:
                packet, files, _, _ = socket.recv_fds(ready, 1 << 17, 4)
                if not packet:
                    return
                if ready is decoder:
                    # The first byte is the kind of the answer: 1 is a picture, 8 an examination.
                    if lies and VICTIM == "type" and packet[0] in (1, 8):
                        packet, lies = packet[:1] + bytes([(packet[1] + 1) % 6]) + packet[2:], False
                    elif lies and VICTIM == "previews" and packet[:3] == JPEG:
                        packet, lies = b"<sv" + packet[3:], False
                    asking.send(packet)
                    continue
                # The first byte is the kind of the request: 0 is an inspection, 4 an examination.
                if packet[0] in KINDS and POISON in os.pread(files[0], 1 << 22, 0):
                    if os.stat(LOG).st_size < MOST:
                        with open(LOG, "a") as log:
                            log.write("x")
                        if VICTIM in ("type", "previews"):
                            lies = True
                        elif VICTIM == "asker":
                            os.kill(asker, signal.SIGKILL)
                        if not lies:
                            os.kill(os.getpid(), signal.SIGKILL)
                socket.send_fds(decoder, [packet], files)
                for file in files:
                    os.close(file)

    # Each packet brings the socket of a new child.
    while True:
        packet, files, _, _ = socket.recv_fds(outer, 16, 4)
        if not packet:
            break
        inner, theirs = socket.socketpair(outer.family, outer.type)
        socket.send_fds(zygote, [packet], [theirs.fileno()])
        if os.fork() == 0:
            for other in outer, zygote, theirs:
                other.close()
            stand_between(socket.socket(fileno=files[0]), inner)
            os._exit(0)
        for file in files:
            os.close(file)
        inner.close()
        theirs.close()
    """#
}
