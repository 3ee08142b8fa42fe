/// A message of a child of assay-decode: its process id, then that it is ready, then one answer
/// for each request.
package enum DecodeAnswer: Sendable, Equatable {
  case started(Int32)
  case ready
  case picture(Picture)
  case inspection(Inspection)
  case refused(String)
  case tooLarge(width: Int, height: Int)
  /// The pixels of a square follow, with this number of bytes, in packets of `longest` bytes.
  case square(size: Int)
  /// Two JPEG files of these lengths in bytes follow in such packets.
  case previews(Previews.Lengths)
  /// Previews follow in the same way, if there are any.
  case examined(Examination<Previews.Lengths>)

  /// The maximum length of a packet in bytes; 64 statements of maximum length fit.
  package static let longest = 64 << 10
  /// The maximum number of statements in one answer.
  package static let mostDeclared = 64
  /// The maximum size of a preview or square in bytes.
  package static let largestFile = 32 << 20

  /// The bytes that follow this packet.
  var attached: Int {
    switch self {
    case .square(let size): size
    case .previews(let lengths): lengths.large + lengths.small
    case .examined(let found): (try? found.previews.get()).map { $0.large + $0.small } ?? 0
    case .started, .ready, .picture, .inspection, .refused, .tooLarge: 0
    }
  }

  /// The answer as one packet, at most `longest` bytes.
  package var packet: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .ready: writer.put(UInt8(0))
    case .picture(let picture):
      writer.put(UInt8(1))
      writer.put(picture)
    case .inspection(let inspection):
      writer.put(UInt8(2))
      writer.put(inspection)
    case .refused(let sentence):
      writer.put(UInt8(3))
      writer.put(sentence)
    case .tooLarge(let width, let height):
      writer.put(UInt8(4))
      writer.put(UInt32(clamping: width))
      writer.put(UInt32(clamping: height))
    case .square(let size):
      writer.put(UInt8(5))
      writer.put(UInt32(clamping: size))
    case .started(let process):
      writer.put(UInt8(6))
      writer.put(UInt32(clamping: process))
    case .previews(let lengths):
      writer.put(UInt8(7))
      writer.put(lengths)
    case .examined(let found):
      writer.put(UInt8(8))
      writer.put(found)
    }
    return writer.bytes
  }

  /// Reads one untrusted packet; nil when it is not an answer.
  package init?(packet: [UInt8]) {
    var reader = ByteReader(packet)
    guard let answer = Self.read(&reader), reader.isAtEnd else { return nil }
    self = answer
  }

  private static func read(_ reader: inout ByteReader) -> DecodeAnswer? {
    switch reader.integer(UInt8.self) {
    case 0: .ready
    case 1: reader.picture().map { .picture($0) }
    case 2: reader.inspection().map { .inspection($0) }
    case 3: reader.sentence().map { .refused($0) }
    case 4: reader.size().map { .tooLarge(width: $0.width, height: $0.height) }
    case 5: reader.fileSize().map { .square(size: $0) }
    case 6: reader.process().map { .started($0) }
    case 7: reader.lengths().map { .previews($0) }
    case 8: reader.examination().map { .examined($0) }
    default: nil
    }
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ picture: Picture) {
    put(picture.type.code)
    put(UInt8(clamping: picture.orientation))
    put(UInt32(clamping: picture.width))
    put(UInt32(clamping: picture.height))
    put(UInt32(clamping: picture.frames))
  }

  fileprivate mutating func put(_ inspection: Inspection) {
    put(inspection.picture)
    put(inspection.likeness)
    put(inspection.appearance)
    put(UInt32(clamping: inspection.rows?.all ?? 0))
    put(UInt32(clamping: inspection.rows?.missing ?? 0))
    put(UInt8(inspection.hasPosition ? 1 : 0))
    let declared = inspection.declared.prefix(DecodeAnswer.mostDeclared)
    put(UInt8(declared.count))
    for statement in declared {
      put(statement.field)
      put(statement.value)
    }
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ likeness: Likeness) {
    put(likeness.whole.bytes)
    put(likeness.windows)
    put(likeness.luma)
  }

  fileprivate mutating func put(_ appearance: Appearance) {
    for value in [
      appearance.sharpness ?? .nan, appearance.shadow, appearance.highlight, appearance.entropy,
      appearance.colour,
    ] {
      put(value.bitPattern)
    }
  }
}

extension ByteReader {
  fileprivate mutating func likeness() -> Likeness? {
    guard let whole = bytes(32).flatMap({ Fingerprint(bytes: $0) }),
      let windows = bytes(Likeness.windowsSize), let luma = bytes(Likeness.side * Likeness.side)
    else { return nil }
    return Likeness(whole: whole, windows: Array(windows), luma: Array(luma))
  }

  fileprivate mutating func appearance() -> Appearance? {
    guard let sharpness = double(), sharpness.isNaN || (0...Appearance.mostSharpness ~= sharpness),
      let shadow = double(), 0...1 ~= shadow, let highlight = double(), 0...1 ~= highlight,
      let entropy = double(), 0...8 ~= entropy,
      let colour = double(), 0...Appearance.mostColour ~= colour
    else { return nil }
    return Appearance(
      sharpness: sharpness.isNaN ? nil : sharpness, shadow: shadow, highlight: highlight,
      entropy: entropy, colour: colour)
  }

  private mutating func double() -> Double? {
    integer(UInt64.self).map(Double.init(bitPattern:))
  }

  fileprivate mutating func size() -> (width: Int, height: Int)? {
    guard let width = integer(UInt32.self), let height = integer(UInt32.self) else { return nil }
    return (Int(width), Int(height))
  }

  /// Never 0, 1 or negative, which kill(2) would read as a group or as the first process.
  fileprivate mutating func process() -> Int32? {
    integer(UInt32.self).flatMap { Int32(exactly: $0) }.flatMap { $0 > 1 ? $0 : nil }
  }

  fileprivate mutating func fileSize() -> Int? {
    integer(UInt32.self).map { Int($0) }.flatMap {
      (1...DecodeAnswer.largestFile).contains($0) ? $0 : nil
    }
  }

  fileprivate mutating func picture() -> Picture? {
    guard let type = integer(UInt8.self).flatMap(ImageType.init(code:)),
      let orientation = integer(UInt8.self), (1...8).contains(orientation),
      let size = size(), (1...Picture.longestSide).contains(size.width),
      (1...Picture.longestSide).contains(size.height),
      let frames = integer(UInt32.self).map({ Int($0) }), (1...Picture.mostFrames).contains(frames)
    else { return nil }
    return Picture(
      width: size.width, height: size.height, orientation: Int(orientation), type: type,
      frames: frames)
  }

  fileprivate mutating func inspection() -> Inspection? {
    guard let picture = picture(), let likeness = likeness(),
      let appearance = appearance(), let rows = size(), rows.height <= rows.width,
      rows.width <= StoredRows.most,
      let position = integer(UInt8.self), position <= 1,
      let count = integer(UInt8.self), count <= DecodeAnswer.mostDeclared
    else { return nil }
    var declared: [Declared] = []
    for _ in 0..<count {
      guard let field = text(), let value = text() else { return nil }
      declared.append(Declared(field: field, value: value))
    }
    return Inspection(
      picture: picture, likeness: likeness, appearance: appearance,
      rows: rows.width > 0 ? StoredRows(all: rows.width, missing: rows.height) : nil,
      hasPosition: position == 1, declared: declared)
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ lengths: Previews.Lengths) {
    put(UInt32(clamping: lengths.large))
    put(UInt32(clamping: lengths.small))
  }

  fileprivate mutating func put(_ found: Examination<Previews.Lengths>) {
    put(found.picture)
    put(found.inspection) { $0.put($1) }
    put(found.previews) { $0.put($1) }
  }

  /// A result, or the sentence of its failure.
  private mutating func put<Value>(
    _ result: Result<Value, DecodeFailure>, _ write: (inout ByteWriter, Value) -> Void
  ) {
    switch result {
    case .success(let value):
      put(UInt8(1))
      write(&self, value)
    case .failure(.refused(let sentence)):
      put(UInt8(0))
      put(sentence)
    case .failure:
      put(UInt8(0))
      put("The image cannot be decoded.")
    }
  }
}

extension ByteReader {
  fileprivate mutating func lengths() -> Previews.Lengths? {
    guard let large = fileSize(), let small = fileSize() else { return nil }
    return Previews.Lengths(large: large, small: small)
  }

  fileprivate mutating func examination() -> Examination<Previews.Lengths>? {
    guard let picture = picture(), let inspection = result({ $0.inspection() }),
      let previews = result({ $0.lengths() })
    else { return nil }
    return Examination(picture: picture, inspection: inspection, previews: previews)
  }

  /// A sentence for users; nil when it has control characters or marks of text direction.
  fileprivate mutating func sentence() -> String? {
    text().flatMap { text in
      let isPlain = text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator,
          .paragraphSeparator:
          false
        default: true
        }
      }
      return isPlain ? text : nil
    }
  }

  private mutating func result<Value>(
    _ read: (inout ByteReader) -> Value?
  ) -> Result<Value, DecodeFailure>? {
    switch integer(UInt8.self) {
    case 0: sentence().map { .failure(.refused($0)) }
    case 1: read(&self).map { .success($0) }
    default: nil
    }
  }
}
