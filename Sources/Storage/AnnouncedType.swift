internal import Postgres

/// The types that may be announced.
package enum AnnouncedType: String, CaseIterable, PostgresDecodable {
  case jpeg = "image/jpeg"
  case png = "image/png"
  /// An archive of both.
  case zip = "application/zip"
}
