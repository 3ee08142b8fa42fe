/// One statement of a file about itself, as a decoder reads it and the rules judge it.
package protocol OriginStatement {
  /// The place in the file, such as `exif:Software`.
  var field: String { get }
  /// The text that stands there.
  var value: String { get }
}
