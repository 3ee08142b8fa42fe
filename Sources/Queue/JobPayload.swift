/// What a chunk is about, stored as jsonb.
package protocol JobPayload: Sendable {
  /// Reads the stored JSON.
  init(json: String) throws
  /// The JSON to store.
  var json: String { get }
  /// The payload cut into single parts, so that a part that fails costs that part only.
  var parts: [Self] { get }
}

extension JobPayload {
  /// One part.
  package var parts: [Self] { [self] }
}

/// The payload of kinds whose project or schedule says everything.
package struct NoPayload: JobPayload {
  /// Any JSON is taken.
  package init(json: String = "{}") {}
  /// An empty object.
  package var json: String { "{}" }
}
