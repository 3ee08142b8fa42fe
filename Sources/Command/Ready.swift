internal import Assay
internal import Logging
internal import Site
internal import Vocabulary

/// The line of the log with which a process starts its work.
enum Ready {
  /// Logs the version and the settings, without secrets.
  static func log(_ command: String, _ config: Config) {
    var metadata = config.summary.mapValues { Logger.MetadataValue.string($0) }
    metadata["command"] = "\(command)"
    metadata["version"] = "\(Documentation.version)"
    Logger.assay.info("ready", metadata: metadata)
  }
}
