/// What a connection asks of the server when it opens.
package struct ConnectionSettings: Sendable {
  /// The longest a statement may run, in milliseconds; 0 for no limit.
  package var statementTimeoutMilliseconds = 5000
  /// The longest a statement may wait for a lock, in milliseconds; 0 for no limit.
  package var lockTimeoutMilliseconds = 3000
  /// The longest a transaction may do nothing, in milliseconds; 0 for no limit.
  package var idleInTransactionMilliseconds = 10_000
  /// The longest that connecting may take, in seconds; libpq waits for two at least.
  package var connectTimeoutSeconds = 3
  /// Whether a statement is planned once for all values, or anew while the server thinks that the
  /// values matter: planning costs as much as a short statement, bulk work gains by it.
  package var arePlansKept = false
  /// The name that `pg_stat_activity` shows.
  package var applicationName = "assay"

  /// The house's limits.
  package init() {}

  /// The settings as `options`: they travel with the first packet, without a round trip.
  ///
  /// A role may change its own defaults: what the house relies on is said here.
  var options: String {
    """
    -c statement_timeout=\(statementTimeoutMilliseconds) \
    -c lock_timeout=\(lockTimeoutMilliseconds) \
    -c idle_in_transaction_session_timeout=\(idleInTransactionMilliseconds) \
    -c plan_cache_mode=\(arePlansKept ? "force_generic_plan" : "auto") \
    -c synchronous_commit=on -c default_transaction_read_only=off \
    -c assay.account= -c assay.organizations= \
    -c TimeZone=UTC
    """
  }
}
