internal import ArgumentParser
internal import Assay
internal import Glibc

/// Keeps the API processes and the workers of one machine running.
///
/// For machines without systemd, and for development.
struct Supervise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run API processes and workers, and restart them when they end.",
    discussion: """
      SIGTERM and SIGINT stop everything. SIGHUP replaces one process after the other: no request \
      is lost. SOCKET.pids lists the processes.
      """)

  @Option(help: "The Unix socket to listen on for the web server.")
  var socket: String

  @Option(help: "Number of API processes.")
  var processes = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  @Option(help: "Number of workers.")
  var workers = 1

  @Option(help: "The program with the commands `serve` and `work` (default: this program).")
  var program: String?

  func validate() throws {
    guard (1...256).contains(processes) else {
      throw ValidationError("--processes must be 1 to 256.")
    }
    guard (0...256).contains(workers) else { throw ValidationError("--workers must be 0 to 256.") }
  }

  func run() throws {
    let program = program ?? Launcher.ownProgram()
    guard access(program, X_OK) == 0 else {
      throw Refusal("\(program) is not an executable program.")
    }
    if self.program == nil { try expectSettings() }
    let listening = try ListeningSocket(path: socket)
    // The runtime's backtracer can hang on a trap, while the supervisor can replace a dead child.
    setenv("SWIFT_BACKTRACE", "enable=no", 0)
    let children = Children(
      launcher: Launcher(program: program, listening: listening),
      register: PidFile(path: socket + ".pids"))
    let supervisor = Supervisor(children: children, processes: processes, workers: workers)
    supervisor.run()
    children.register.remove()
    listening.remove()
  }

  /// Refuses to start processes that would only end again.
  private func expectSettings() throws {
    let faults = SetupCheck(of: .serve).faults().filter(\.isLasting)
    guard faults.isEmpty else {
      throw Refusal(faults.map(\.sentence).joined(separator: "\n"))
    }
  }
}
