internal import CLinux
internal import Glibc

/// The result of a program.
package struct Finished: Sendable {
  /// Its exit code, or the negative number of the signal that ended it.
  package let code: Int32
  package let output: [UInt8]
  package let errors: String

  /// Its output as text.
  package var text: String { String(decoding: output, as: UTF8.self) }
}

/// A program that runs beside the test; its output goes to files, so it never waits for a reader.
package struct Program: Sendable {
  package let pid: Int32
  private let name: String
  private let output: Int32
  private let errors: Int32

  /// The environment of this process, without settings of the service.
  package static let environment: [String: String] = {
    var found: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1)
      if let name = parts.first { found[String(name)] = parts.count > 1 ? String(parts[1]) : "" }
      next += 1
    }
    return found.filter { !$0.key.hasPrefix("ASSAY_") || $0.key == "ASSAY_INSTANCES" }
  }()

  /// Starts a program in its own process group, so that it does not get a terminal's interrupt.
  /// - Parameters:
  ///   - input: the bytes of its standard input.
  ///   - descriptor: its standard input, instead of `input`.
  package init(
    _ words: [String], input: [UInt8] = [], descriptor: Int32? = nil,
    environment: [String: String] = Program.environment
  ) throws {
    name = words.joined(separator: " ")
    output = try Self.unnamedFile()
    errors = try Self.unnamedFile()
    let file = try descriptor == nil ? Self.unnamedFile(input) : -1
    defer { if file >= 0 { close(file) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, descriptor ?? file, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    _ = descriptors_close_from(&actions, 3)
    pid = try Self.spawn(words, &actions, environment)
  }

  /// Waits for the program's end.
  /// - Throws: after a timeout; then the program and all its children are killed.
  package func finish(seconds: Int = 60) throws -> Finished {
    defer {
      close(output)
      close(errors)
    }
    guard let status = Self.wait(for: pid, seconds: seconds) else {
      kill(-pid, SIGKILL)
      _ = Self.wait(for: pid, seconds: 10)
      throw Missing(description: "\(name) took longer than \(seconds) s: \(said)")
    }
    let signal = status & 0x7F
    return Finished(
      code: signal == 0 ? (status >> 8) & 0xFF : -signal, output: Self.bytes(of: output),
      errors: String(decoding: Self.bytes(of: errors), as: UTF8.self))
  }

  /// The standard output so far.
  package var said: String { String(decoding: Self.bytes(of: output), as: UTF8.self) }

  /// The standard error so far.
  package var complaints: String { String(decoding: Self.bytes(of: errors), as: UTF8.self) }

  /// Runs a program to its end.
  package static func run(
    _ words: [String], input: [UInt8] = [], environment: [String: String] = Program.environment,
    seconds: Int = 60
  ) throws -> Finished {
    try Program(words, input: input, environment: environment).finish(seconds: seconds)
  }

  private static func wait(for pid: Int32, seconds: Int) -> Int32? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    var pause: UInt32 = 500
    while waitpid(pid, &status, WNOHANG) == 0 {
      guard ContinuousClock.now < deadline else { return nil }
      usleep(pause)
      pause = min(20_000, pause * 2)
    }
    return status
  }

  private static func spawn(
    _ words: [String], _ actions: inout posix_spawn_file_actions_t, _ environment: [String: String]
  ) throws -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Other suites block signals, and a program inherits blocked signals.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = words.map { strdup($0) } + [nil]
    var settings = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + settings { free(text) } }
    var pid: Int32 = 0
    let fault = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &settings)
    guard fault == 0 else {
      throw Missing(description: "cannot start \(words[0]): \(String(cString: strerror(fault)))")
    }
    return pid
  }

  private static func unnamedFile(_ bytes: [UInt8] = []) throws -> Int32 {
    var template = Array("/tmp/assay-program-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw Missing(description: "no temporary file") }
    unlink(template)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard written > 0 else { throw Missing(description: "cannot write a temporary file") }
      rest = rest.dropFirst(written)
    }
    lseek(file, 0, SEEK_SET)
    return file
  }

  private static func bytes(of file: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let got = pread(file, &part, part.count, bytes.count), got > 0 {
      bytes += part.prefix(got)
    }
    return bytes
  }
}
