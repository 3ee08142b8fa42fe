internal import CLinux
internal import Glibc

extension DecoderChild {
  /// Starts assay-decode and waits until it is ready; nil when it died before.
  /// - Throws: `unavailable` when it cannot be started, or says nothing in time.
  static func spawn(_ executable: String, _ limits: DecodeLimits) throws(DecodeFailure)
    -> DecoderChild?
  {
    var pair: [Int32] = [-1, -1]
    guard descriptors_pair(&pair) == 0 else { throw cannotStart(errno) }
    var identifier: pid_t = 0
    let failure = start(executable, limits, socket: pair[1], &identifier)
    // Before the wait: only the child may hold it, so that its death ends the stream.
    close(pair[1])
    guard failure == 0 else {
      close(pair[0])
      throw cannotStart(failure)
    }
    let child = DecoderChild(identifier: identifier, socket: pair[0])
    switch child.readiness(before: Deadline(after: limits.wallMilliseconds)) {
    case .answered(.ready, _): return child
    case .late:
      child.end()
      throw .unavailable("\(executable) did not become ready.")
    case .answered, .unsent, .died:
      child.end()
      return nil
    }
  }

  private static func cannotStart(_ code: Int32) -> DecodeFailure {
    .unavailable("The image decoder cannot be started: \(String(cString: strerror(code))).")
  }

  /// The error number of posix_spawn, 0 when it went well.
  private static func start(
    _ executable: String, _ limits: DecodeLimits, socket: Int32, _ identifier: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    // Not every library opens its descriptors close-on-exec.
    _ = descriptors_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    resetSignals(&attributes)

    return withStrings([executable, "\(limits.addressSpaceBytes)"]) { arguments in
      withStrings(environment) { environment in
        posix_spawn(&identifier, executable, &actions, &attributes, arguments, environment)
      }
    }
  }

  // Our threads block signals and the child would inherit the mask.
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

  // Nothing of ours: it holds secrets. The loader may need to know where Swift's libraries are.
  private static var environment: [String] {
    let kept = getenv("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH=\(String(cString: $0))"] } ?? []
    return kept + ["SWIFT_BACKTRACE=enable=no", "VIPS_WARNING=0", "LC_ALL=C"]
  }

  /// A NULL-ended array of C strings for the time of one call.
  private static func withStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let strings = texts.map { strdup($0) } + [nil]
    defer { for string in strings { free(string) } }
    return strings.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("an array with an element") }
      return body(base)
    }
  }
}
