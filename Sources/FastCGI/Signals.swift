internal import Glibc

/// Signals that no thread of a pool may receive: libfcgi does not retry interrupted calls.
enum Signals {
  /// Blocks them in this thread and in the threads that it starts.
  static func block() {
    // PIPE: a write to a closed peer must fail, not kill. USR1: libfcgi installs a handler.
    var set = set(of: [SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1])
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the signal to stop.
  static func awaitStop() {
    var set = set(of: [SIGTERM, SIGINT])
    var signal: Int32 = 0
    while sigwait(&set, &signal) != 0 {}
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    return set
  }
}
