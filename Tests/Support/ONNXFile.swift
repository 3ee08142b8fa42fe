/// A minimal model in ONNX's format: the mean of its input.
package enum ONNXFile {
  /// A model with one input `[1, 3, side, side]` (or the sides first) and one number as its output.
  package static func mean(shape: [UInt8]) -> [UInt8] {
    let node = text(1, "pixels") + text(2, "mean") + text(4, "ReduceMean") + part(5, keepNone)
    let graph =
      part(1, node) + text(2, "assay") + part(11, value("pixels", shape))
      + part(12, value("mean", []))
    // Intermediate representation 8, operator set 13.
    return number(1, 8) + part(7, graph) + part(8, text(1, "") + number(2, 13))
  }

  /// The attribute `keepdims` of the kind INT with the value 0: the dimensions are not kept.
  private static let keepNone = text(1, "keepdims") + number(3, 0) + number(20, 2)

  /// A tensor of floats.
  private static func value(_ name: String, _ shape: [UInt8]) -> [UInt8] {
    let dimensions = shape.flatMap { part(1, number(1, $0)) }
    return text(1, name) + part(2, part(1, number(1, 1) + part(2, dimensions)))
  }

  // Protocol Buffers: a field's number and kind, then a number or a length and bytes.
  private static func number(_ field: Int, _ value: UInt8) -> [UInt8] {
    key(field, 0) + varint(Int(value))
  }
  private static func text(_ field: Int, _ text: String) -> [UInt8] {
    part(field, Array(text.utf8))
  }
  private static func part(_ field: Int, _ bytes: [UInt8]) -> [UInt8] {
    key(field, 2) + varint(bytes.count) + bytes
  }
  private static func key(_ field: Int, _ kind: Int) -> [UInt8] { varint(field << 3 | kind) }
  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }
}
