/// The data of a chunk, stored as jsonb.
package protocol JobPayload: Sendable {
  /// Reads the stored JSON.
  init(json: String) throws
  /// The JSON to store.
  var json: String { get }
  /// The payload split into single parts, so that one bad part fails alone.
  var parts: [Self] { get }
}

extension JobPayload {
  /// The payload as its only part.
  package var parts: [Self] { [self] }
}

/// An empty payload, for kinds that need only the project or the schedule.
package struct NoPayload: JobPayload {
  /// Accepts any JSON.
  package init(json: String = "{}") {}
  /// An empty object.
  package var json: String { "{}" }
}
