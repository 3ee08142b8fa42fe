/// The time in seconds for which signed links to stored bytes are valid.
package enum LinkLife {
  /// The least time.
  package static let shortest = 3600
  /// Links made within this time are equal, so that browsers can cache pictures.
  package static let rounding = 900
  /// The time after which no link to what a row no longer names can be valid, with a minute for the
  /// answer that was being made.
  package static let longest = shortest + rounding + 60
}
