/// A statement of a file about itself; the decoder reads it and the rules judge it.
package protocol OriginStatement {
  /// The place in the file, such as `exif:Software`.
  var field: String { get }
  /// The text at that place.
  var value: String { get }
}
