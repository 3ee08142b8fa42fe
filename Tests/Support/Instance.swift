internal import Glibc
internal import Synchronization
internal import Vocabulary

/// The whole service as `make up` starts it: its own nginx, pool, worker and PostgreSQL.
///
/// It ends with this process, even after a crash: a shell waits for the end of a pipe and stops it.
package final class Instance: Sendable {
  /// The folder of the instance: `ASSAY_RUN`.
  package let run: String
  /// The folder of its state: sockets, logs, the store.
  package let state: String
  /// The contents of `instance.env`.
  package let settings: [String: String]
  /// The ports of nginx, with TLS and without.
  package let ports: (tls: UInt16, plain: UInt16)

  let tokens = Mutex<[Account: String]>([:])
  private let environment: [String: String]
  private let leash: Leash
  private let files = Atomic<Int>(0)

  private static let shared = Result {
    // All tests have one address, and some send as many requests as they can.
    let instance = try Instance(settings: [
      "ASSAY_LIMITS": "off", "ASSAY_CORS_ORIGINS": "https://ui.example.org, http://localhost:3000",
    ])
    atexit { try? Instance.running().stop() }
    return instance
  }

  /// The instance that most tests share; the first of them starts it.
  package static func running() throws -> Instance { try shared.get() }

  /// Starts a separate service; `stop` ends it.
  /// - Parameters:
  ///   - settings: settings of the program, in addition to those of the scripts.
  ///   - prepare: called with the folder before anything is in it.
  package init(
    settings more: [String: String] = [:], prepare: (_ run: String) throws -> Void = { _ in }
  ) throws {
    run = try TemporaryDirectory().path
    let port = try FreePort.find()
    let folder = Products.path("assay").split(separator: "/").dropLast().joined(separator: "/")
    environment = Program.environment.merging(
      [
        "ASSAY_RUN": run, "ASSAY_PORT": "\(port)", "ASSAY_BIN": "/\(folder)",
        "ASSAY_PROCESSES": "2",
        "ASSAY_THREADS": "8", "ASSAY_WORKERS": "1",
      ].merging(more) { $1 }
    ) { $1 }
    leash = try Leash(run: run)
    try prepare(run)
    let up = try Program.run(
      ["\(Products.checkout)/.dev/up", "--quiet"], environment: environment, seconds: 240)
    guard up.code == 0 else { throw Missing(description: "no instance: \(up.errors)") }
    settings = try Self.read("\(run)/instance.env")
    let plain = settings["ASSAY_PLAIN_URL"]?.split(separator: ":").last.flatMap { UInt16($0) }
    ports = (port, plain ?? 0)
    state = try Self.resolve("\(run)/state")
  }

  /// Runs a script of `.dev/` on this instance.
  package func script(_ words: String..., input: String = "", seconds: Int = 120) throws -> Finished
  {
    try Program.run(
      ["\(Products.checkout)/.dev/\(words[0])"] + words.dropFirst(), input: Array(input.utf8),
      environment: environment, seconds: seconds)
  }

  /// Runs the program `assay` with the instance's settings, as its administrator.
  package func assay(_ words: String..., seconds: Int = 60) throws -> Finished {
    let script = """
      unset ${!ASSAY_@}; export SWIFT_BACKTRACE=enable=no
      set -a; . "$0/assay.env"; exec "$@"
      """
    return try Program.run(
      ["bash", "-c", script, state, "\(state)/bin/assay"] + words, seconds: seconds)
  }

  /// Stops and deletes the instance.
  package func stop() throws { try leash.pull() }

  /// Writes a file that exists as long as the instance; returns its path.
  package func file(_ bytes: [UInt8]) throws -> String {
    let path = "\(run)/file-\(files.add(1, ordering: .relaxed).newValue)"
    try Files.write(path, bytes)
    return path
  }

  private static func read(_ path: String) throws -> [String: String] {
    let lines = try Files.text(path).split(separator: "\n")
    let pairs = lines.compactMap { line -> (String, String)? in
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
    return Dictionary(pairs) { $1 }
  }

  private static func resolve(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw Missing(description: "no \(path)") }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
