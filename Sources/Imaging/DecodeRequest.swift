/// A request of the pool to assay-decode; the open file is sent with it.
package struct DecodeRequest: Sendable, Equatable {
  /// The work on the file.
  package enum Task: Sendable, Equatable {
    /// Decodes every pixel; refuses any type but the given one.
    case verify(ImageType?)
    /// Decodes only what the fingerprint needs, and reads the metadata.
    case inspect
    /// Makes both previews.
    case previews(PreviewSides)
    /// Does all of this in one pass; refuses any type but the given one.
    case examine(ImageType?, PreviewSides)
    /// Returns the pixels of a square with this side, stretched or cropped from the middle.
    case square(side: Int, isCropped: Bool)
  }

  /// The work on the file.
  package let task: Task
  /// The maximum number of pixels by the header.
  package let pixels: UInt64
  /// The maximum CPU time for this file.
  package let cpuSeconds: UInt32
  /// The maximum wall time for this file, in case the parent no longer waits for it.
  package let wallSeconds: UInt32

  /// Makes a request for one file under these limits.
  package init(_ task: Task, _ limits: DecodeLimits) {
    self.task = task
    pixels = UInt64(clamping: limits.pixels)
    cpuSeconds = UInt32(clamping: limits.cpuSeconds)
    wallSeconds = UInt32(clamping: limits.wallMilliseconds / 1000 + 5)
  }

  /// The request as one packet.
  package var packet: [UInt8] {
    var writer = ByteWriter()
    let (kind, argument, sides) = task.words
    writer.put(kind)
    writer.put(argument)
    writer.put(sides)
    writer.put(pixels)
    writer.put(cpuSeconds)
    writer.put(wallSeconds)
    return writer.bytes
  }

  /// Reads one packet; nil when it is not a request.
  package init?(packet: [UInt8]) {
    var reader = ByteReader(packet)
    guard let kind = reader.integer(UInt8.self), let argument = reader.integer(UInt32.self),
      let sides = reader.integer(UInt32.self), let task = Task(kind, argument, sides),
      let pixels = reader.integer(UInt64.self), let cpu = reader.integer(UInt32.self),
      let wall = reader.integer(UInt32.self), reader.isAtEnd
    else { return nil }
    self.task = task
    self.pixels = pixels
    cpuSeconds = cpu
    wallSeconds = wall
  }
}

extension DecodeRequest.Task {
  private static let anyType = UInt32.max
  private static let cropped: UInt32 = 1 << 31

  /// The kind, its argument, and the sides of previews.
  fileprivate var words: (kind: UInt8, argument: UInt32, sides: UInt32) {
    switch self {
    case .inspect: (0, 0, 0)
    case .verify(let type): (1, Self.word(type), 0)
    case .previews(let sides): (2, 0, Self.word(sides))
    case .square(let side, let isCropped):
      (3, UInt32(clamping: side) | (isCropped ? Self.cropped : 0), 0)
    case .examine(let type, let sides): (4, Self.word(type), Self.word(sides))
    }
  }

  fileprivate init?(_ kind: UInt8, _ argument: UInt32, _ sides: UInt32) {
    let (large, small) = (Int(sides >> 16), Int(sides & 0xffff))
    let pair = PreviewSides(large: large, small: small)
    switch kind {
    case 0: self = .inspect
    case 1, 4:
      let type = ImageType(code: UInt8(clamping: argument))
      guard type != nil || argument == Self.anyType else { return nil }
      self = kind == 1 ? .verify(type) : .examine(type, pair)
    case 2: self = .previews(pair)
    case 3:
      self = .square(side: Int(argument & ~Self.cropped), isCropped: argument & Self.cropped != 0)
    default: return nil
    }
  }

  private static func word(_ type: ImageType?) -> UInt32 {
    type.map { UInt32($0.code) } ?? anyType
  }

  private static func word(_ sides: PreviewSides) -> UInt32 {
    UInt32(clamping: sides.large) << 16 | UInt32(clamping: sides.small)
  }
}

extension ImageType {
  /// The number that stands for the type between two processes of one build.
  var code: UInt8 {
    switch self {
    case .jpeg: 0
    case .png: 1
    case .webp: 2
    case .tiff: 3
    case .gif: 4
    case .bmp: 5
    }
  }

  init?(code: UInt8) {
    guard let type = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = type
  }
}
