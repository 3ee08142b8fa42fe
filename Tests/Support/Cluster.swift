internal import CLinux
internal import Glibc

/// A private PostgreSQL server, reachable only through a socket in its own directory.
///
/// A shell process stops the server and removes the directory when its standard input ends. The
/// kernel closes that pipe however the test process ends.
package final class Cluster: Sendable {
  private let directory: String
  private let commands: Int32
  private let answers: Int32

  /// The conninfo of the superuser, without a database's name.
  package var conninfo: String { "host=\(directory) user=postgres" }

  /// Makes and starts a server, which ends with this object or this process.
  package init() throws {
    var template = Array("\(Self.root)/assay-postgres-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Missing(description: "no temporary directory")
    }
    directory = String(cString: made)
    let (input, output) = (try Pipe(), try Pipe())
    (commands, answers) = (input.writing, output.reading)
    defer {
      Glibc.close(input.reading)
      Glibc.close(output.writing)
    }
    // In its own session, so that it does not get a terminal's interrupt.
    let shell = ["/usr/bin/setsid", "/bin/sh", "-c", Self.script, "sh", directory]
    try Self.spawn(shell, input.reading, output.writing)
    try awaitReady()
  }

  deinit {
    Glibc.close(commands)
    Glibc.close(answers)
  }

  /// A folder in memory if there is room: tests make hundreds of databases, each of 300 files.
  private static var root: String {
    var space = statvfs()
    let isKnown = statvfs("/dev/shm", &space) == 0 && access("/dev/shm", W_OK) == 0
    return isKnown && space.f_bavail * space.f_bsize > 2 << 30 ? "/dev/shm" : "/tmp"
  }

  /// Kills the server without a shutdown and starts it again.
  package func restart() throws {
    _ = "restart\n".withCString { write(commands, $0, strlen($0)) }
    try awaitReady()
  }

  private func awaitReady() throws {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    var answer = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
    while poll(&answer, 1, 120_000) == 1, read(answers, &byte, 1) == 1 {
      line.append(byte)
      if line.elementsEqual("ready\n".utf8) { return }
    }
    let said = String(decoding: line, as: UTF8.self)
    throw Missing(description: "no PostgreSQL in \(directory): \(said)")
  }

  private static let script = """
    trap '' INT TERM HUP
    as=
    if [ "$(id -u)" = 0 ]; then
      chown postgres "$1"
      as='setpriv --reuid=postgres --regid=postgres --clear-groups'
    fi
    cd "$1" || exit
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    control() { $as "$bin/pg_ctl" --pgdata=data --log=log --wait "$@" </dev/null >>control 2>&1; }
    trap 'control --mode=immediate stop; cd / && rm -rf "$1"' EXIT
    # Whatever is said instead of "ready" is the reason.
    ready() { if "$@"; then echo ready; else cat control log; exit; fi; }
    $as "$bin/initdb" --pgdata=data --username=postgres --auth=trust --no-sync --encoding=UTF8 \\
      --locale=C.UTF-8 >control 2>&1
    cat >>data/postgresql.conf <<END
    listen_addresses = ''
    unix_socket_directories = '$1'
    max_connections = 200
    fsync = off
    full_page_writes = off
    END
    ready control start
    while read -r command; do ready control --mode=immediate "$command"; done
    """

  private static func spawn(_ arguments: [String], _ input: Int32, _ output: Int32) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    var pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    var child = pid_t()
    let error = posix_spawn(&child, arguments[0], &actions, nil, pointers, environ)
    guard error == 0 else { throw Missing(description: String(cString: strerror(error))) }
  }
}

/// A pipe that children inherit only where they are told to.
private struct Pipe {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Missing(description: "no pipe") }
    (reading, writing) = (ends[0], ends[1])
  }
}
