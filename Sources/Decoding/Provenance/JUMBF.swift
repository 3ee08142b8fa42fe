/// A superbox of JUMBF (ISO/IEC 19566-5): a description, followed by boxes.
struct JUMBF {
  /// The first four bytes of the description's type, such as `c2as`.
  let kind: String
  /// The name that addresses use; may be empty.
  let label: String
  /// Its bytes without its own header, from which its hash is computed.
  let content: ArraySlice<UInt8>
  /// The boxes after the description.
  let boxes: [Box]

  struct Box {
    let type: String
    let content: ArraySlice<UInt8>
  }

  private static let mostBoxes = 5_000

  /// Reads a superbox; nil when the bytes are not one.
  init?(_ box: Box) {
    guard box.type == "jumb" else { return nil }
    let boxes = Self.boxes(in: box.content)
    guard let description = boxes.first, description.type == "jumd",
      description.content.count >= 17
    else { return nil }
    let type = description.content.prefix(4)
    kind = String(decoding: type, as: UTF8.self)
    let rest = description.content.dropFirst(16)
    let isLabelled = (rest.first ?? 0) & 2 != 0
    label = isLabelled ? String(decoding: rest.dropFirst().prefix { $0 != 0 }, as: UTF8.self) : ""
    content = box.content
    self.boxes = Array(boxes.dropFirst())
  }

  /// The superboxes in it.
  var superboxes: [JUMBF] { boxes.compactMap { JUMBF($0) } }

  /// The content of the first box of a type.
  func first(_ type: String) -> ArraySlice<UInt8>? { boxes.first { $0.type == type }?.content }

  /// The consecutive boxes in some bytes, up to the first that does not fit.
  static func boxes(in bytes: ArraySlice<UInt8>) -> [Box] {
    var boxes: [Box] = []
    var rest = bytes
    while boxes.count < mostBoxes, rest.count >= 8 {
      let type = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
      var (size, header) = (number(rest.prefix(4)), UInt64(8))
      if size == 1 {
        guard rest.count >= 16 else { break }
        (size, header) = (number(rest.dropFirst(8).prefix(8)), 16)
      } else if size == 0 {
        size = UInt64(rest.count)
      }
      guard size >= header, size <= UInt64(rest.count) else { break }
      boxes.append(Box(type: type, content: rest.prefix(Int(size)).dropFirst(Int(header))))
      rest = rest.dropFirst(Int(size))
    }
    return boxes
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
