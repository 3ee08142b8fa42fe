internal import CLinux
internal import Glibc

/// The task of a supervised process.
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

  /// Returns the path of this program.
  ///
  /// It is read once at the start: after a deployment the path refers to the new program, while
  /// /proc/self/exe still refers to the old one.
  static func ownProgram() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
      let length = room.baseAddress.map { readlink("/proc/self/exe", $0, room.count) } ?? 0
      let path = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<max(0, length)])
      return String(decoding: path, as: UTF8.self)
    }
  }

  /// Starts one process; an API process gets the socket as descriptor 0, a worker gets /dev/null.
  func start(_ duty: Duty) -> pid_t {
    let input = duty == .api ? listening.descriptor : nothing
    var words = [strdup(program), strdup(duty.command), nil]
    defer { for word in words { free(word) } }
    return child_start(program, &words, input)
  }
}
