internal import CLinux
internal import Glibc

/// Starts a program that inherits only one end of a packet socket, as standard input.
enum ConfinedProgram {
  /// Returns the process and our end; throws `unavailable` when it cannot be started.
  /// - Parameter isBound: whether all symbols are bound at the start, for children that are forked.
  static func start(_ arguments: [String], isBound: Bool = false) throws(DecodeFailure) -> (
    identifier: pid_t, socket: Int32
  ) {
    var pair: [Int32] = [-1, -1]
    guard descriptors_pair(&pair) == 0 else { throw cannotStart(errno) }
    var identifier: pid_t = 0
    let settings = environment + (isBound ? ["LD_BIND_NOW=1"] : [])
    let failure = spawn(arguments, settings, socket: pair[1], &identifier)
    // Before any wait: only the child may keep it open, so that the stream ends with the child.
    close(pair[1])
    guard failure == 0 else {
      close(pair[0])
      throw cannotStart(failure)
    }
    return (identifier, pair[0])
  }

  private static func cannotStart(_ code: Int32) -> DecodeFailure {
    .unavailable("The image decoder cannot be started: \(String(cString: strerror(code))).")
  }

  /// The error number of posix_spawn, 0 for success.
  private static func spawn(
    _ arguments: [String], _ environment: [String], socket: Int32, _ identifier: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    // Some libraries open descriptors without close-on-exec.
    _ = descriptors_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    resetSignals(&attributes)

    let words = arguments.map { strdup($0) } + [nil]
    let settings = environment.map { strdup($0) } + [nil]
    defer { for word in words + settings { free(word) } }
    return posix_spawn(&identifier, arguments[0], &actions, &attributes, words, settings)
  }

  // Our threads block signals, and the child would inherit the mask.
  private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
  }

  // Our environment contains secrets, so only the path of Swift's libraries is passed on.
  private static var environment: [String] {
    let kept = getenv("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH=\(String(cString: $0))"] } ?? []
    return kept + ["SWIFT_BACKTRACE=enable=no", "VIPS_WARNING=0", "LC_ALL=C"]
  }
}
