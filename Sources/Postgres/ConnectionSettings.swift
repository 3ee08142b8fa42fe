/// The settings of a new connection.
package struct ConnectionSettings: Sendable {
  /// The longest a statement may run, in milliseconds; 0 for no limit.
  package var statementTimeoutMilliseconds = 5000
  /// The longest a statement may wait for a lock, in milliseconds; 0 for no limit.
  package var lockTimeoutMilliseconds = 3000
  /// The longest a transaction may do nothing, in milliseconds; 0 for no limit.
  package var idleInTransactionMilliseconds = 10_000
  /// The connect timeout in seconds; libpq waits at least two.
  package var connectTimeoutSeconds = 3
  /// Whether to use one generic plan per statement instead of letting the server choose.
  ///
  /// Planning costs as much as a short statement; bulk work gains from plans for its values.
  package var arePlansKept = false
  /// The name that `pg_stat_activity` shows.
  package var applicationName = "assay"
  /// Learns whether the server can be reached.
  package var watch = ServerWatch.shared

  /// Makes the default settings.
  package init() {}

  /// The settings as `options`, sent with the first packet and without a round trip.
  ///
  /// A role may change its own defaults, so every setting that the code relies on is set here.
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
