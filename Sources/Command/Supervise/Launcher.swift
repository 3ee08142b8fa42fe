internal import CLinux
internal import Glibc

/// What a supervised process does.
enum Duty: String {
  case api
  case worker

  /// The program's subcommand.
  var command: String {
    switch self {
    case .api: "serve"
    case .worker: "work"
    }
  }
}

/// Starts supervised processes.
struct Launcher {
  private let program: String
  private let listening: ListeningSocket
  private let nothing: Int32

  init(program: String, listening: ListeningSocket) {
    self.program = program
    self.listening = listening
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
  }

  /// The path of this program.
  ///
  /// Read once at the start: after a deployment the path leads to the new program, /proc/self/exe
  /// still to the old one.
  static func ownProgram() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
      let length = room.baseAddress.map { readlink("/proc/self/exe", $0, room.count) } ?? 0
      let path = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<max(0, length)])
      return String(decoding: path, as: UTF8.self)
    }
  }

  /// Starts one process: an API process with the socket as descriptor 0, a worker with nothing.
  func start(_ duty: Duty) -> pid_t {
    let input = duty == .api ? listening.descriptor : nothing
    var words = [strdup(program), strdup(duty.command), nil]
    defer { for word in words { free(word) } }
    return child_start(program, &words, input)
  }
}
