internal import Imaging

/// Finds the C2PA manifest store within a file (C2PA 2.2, appendix A: embedding manifests).
enum ManifestBytes {
  /// The maximum size in bytes; the thumbnails in it need some hundred kilobytes.
  private static let most = 16 << 20
  private static let tiffTag: UInt16 = 0xcd41

  /// The store's bytes; nil without a store, or when it exceeds the maximum size.
  static func found(in bytes: RawSpan, _ type: ImageType) -> [UInt8]? {
    let found: [UInt8]? =
      switch type {
      case .jpeg: jpeg(bytes)
      case .png: content(of: "caBX", Segments.ofPNG(bytes), bytes)
      case .webp: content(of: "C2PA", Segments.ofWebP(bytes), bytes)
      case .gif:
        Segments.ofGIF(bytes).first { $0.name == "C2PA_GIF\u{1}\0\0" }
          .map { Segments.joined($0.blocks, of: bytes, most: most) }
      case .tiff: TIFFLayout.bytes(of: tiffTag, in: bytes, most: most)
      case .bmp: nil
      }
    return found.flatMap { isStore($0[...]) ? $0 : nil }
  }

  private static func content(
    of name: String, _ segments: [(name: String, content: Range<Int>)], _ bytes: RawSpan
  ) -> [UInt8]? {
    let segment = segments.first { $0.name == name && $0.content.count <= most }
    return segment.flatMap { bytes.array($0.content) }
  }

  /// The first manifest store in a JPEG file's boxes.
  ///
  /// A box may have many APP11 segments: each has the box's number, its own sequence number, and
  /// a copy of the box's header.
  private static func jpeg(_ bytes: RawSpan) -> [UInt8]? {
    var parts: [UInt16: [(place: UInt32, content: Range<Int>)]] = [:]
    for (marker, content) in Segments.ofJPEG(bytes) where marker == 0xeb && content.count > 16 {
      let start = content.lowerBound
      guard bytes.hasBytes("JP".utf8, at: start), bytes.hasBytes("jumb".utf8, at: start + 12),
        let number = bytes.big(UInt16.self, at: start + 2),
        let place = bytes.big(UInt32.self, at: start + 4)
      else { continue }
      parts[number, default: []].append((place, start + 8..<content.upperBound))
    }
    let boxes = parts.sorted { $0.key < $1.key }.map { joined($0.value, bytes) }
    return boxes.first { isStore($0[...]) }
  }

  private static func joined(_ parts: [(place: UInt32, content: Range<Int>)], _ bytes: RawSpan)
    -> [UInt8]
  {
    var box: [UInt8] = []
    for part in parts.sorted(by: { $0.place < $1.place }) where box.count < most {
      let isLong = bytes.big(UInt32.self, at: part.content.lowerBound) == 1
      let header = box.isEmpty ? 0 : isLong ? 16 : 8
      box += bytes.array(part.content)?.dropFirst(header) ?? []
    }
    return box
  }

  private static func isStore(_ bytes: ArraySlice<UInt8>) -> Bool {
    // A truncated store still counts as one.
    bytes.dropFirst(4).starts(with: "jumb".utf8)
      && bytes.dropFirst(12).prefix(16).starts(with: "jumdc2pa".utf8)
  }
}
