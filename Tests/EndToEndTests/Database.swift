import Support
import Testing

/// Direct access to the instance's PostgreSQL.
enum Database {
  /// Runs statements as the owner of the tables; returns their output.
  @discardableResult
  static func run(_ statements: String, _ instance: Instance) throws -> String {
    let psql = try instance.script(
      "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", input: statements)
    try #require(psql.code == 0, "\(psql.errors)")
    return psql.text
  }

  /// Locks a table against reading for so many seconds; returns when it is locked.
  static func block(_ table: String, seconds: Int, _ instance: Instance) throws -> Program {
    let statements = """
      begin; lock table \(table);
      select 'locked';
      select pg_sleep(\(seconds));
      commit;
      """
    let blocker = try Program(
      ["\(Products.checkout)/.dev/psql", "-X", "-q", "-At"], input: Array(statements.utf8),
      environment: Program.environment.merging(["ASSAY_RUN": instance.run]) { $1 })
    try instance.wait(for: "the lock") { blocker.said.contains("locked") }
    return blocker
  }

  /// Ends the leases of a dead worker, which otherwise expire later.
  static func freeChunks(of worker: Int32, _ instance: Instance) throws {
    try run(
      """
      update job_chunk set lease_expires_at = now()
      where state = 'running' and leased_by like '%:\(worker)'
      """, instance)
  }

  /// Ends the leases of all dead workers.
  static func freeChunksOfTheDead(_ instance: Instance) throws {
    let living = try instance.processes().workers.map { "'%:\($0)'" }.joined(separator: ", ")
    try run(
      """
      update job_chunk set lease_expires_at = now()
      where state = 'running' and leased_by not like all (array[\(living)]::text[])
      """, instance)
  }

  /// Restarts PostgreSQL and breaks every connection; returns when it accepts new ones.
  static func restart(_ instance: Instance) throws {
    let restarted = try Program.run([
      "bash", "-c",
      """
      data=$1/postgres/data
      set -- "/usr/lib/postgresql/$(<"$data/PG_VERSION")/bin/pg_ctl" --pgdata "$data" \\
        restart --mode fast --wait --silent --log "$1/log/postgres.log"
      cd "$data/.." || exit
      if [[ $EUID == 0 ]]; then exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"; fi
      exec "$@"
      """, "restart", instance.state,
    ])
    try #require(restarted.code == 0, "\(restarted.errors)")
  }
}
