package import Imaging

/// Reads a file's statements about its origin from places that libvips does not read.
package enum FileStatements {
  private static let longestText = 64 << 10
  private static let longestPacket = 1 << 20

  /// The statements of a whole file.
  package static func found(in bytes: UnsafeRawBufferPointer, _ type: ImageType) -> [Declared] {
    let file = bytes.bytes
    return switch type {
    case .jpeg: XMPStatements.found(in: extendedXMP(file))
    case .png: laterChunks(file)
    case .tiff: ExifStatements.found(in: bytes)
    case .gif: gifTexts(file)
    case .webp, .bmp: []
    }
  }

  /// A JPEG segment has at most 64 KB; the rest is in further segments (Adobe: "XMP Specification
  /// Part 3", 1.1.3.1), which are read in their order in the file.
  private static func extendedXMP(_ file: RawSpan) -> [UInt8] {
    let name = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
    // A digest, the total length, and the offset of this part.
    let head = name.count + 32 + 4 + 4
    var packet: [UInt8] = []
    for (marker, content) in Segments.ofJPEG(file) where marker == 0xe1 && content.count > head {
      guard file.hasBytes(name, at: content.lowerBound), packet.count < longestPacket else {
        continue
      }
      packet += file.array(content.lowerBound + head..<content.upperBound) ?? []
    }
    return packet
  }

  /// Texts that are not compressed, and EXIF, anywhere in a PNG file: libvips stops reading
  /// metadata before the pixels.
  private static func laterChunks(_ file: RawSpan) -> [Declared] {
    Segments.ofPNG(file).flatMap { name, content -> [Declared] in
      let end = min(content.upperBound, content.lowerBound + longestPacket)
      guard ["tEXt", "iTXt", "eXIf"].contains(name),
        let chunk = file.array(content.lowerBound..<end)
      else { return [] }
      if name == "eXIf" { return ExifStatements.found(in: chunk) }
      let keyword = chunk.prefix { $0 != 0 }
      var text = chunk.dropFirst(keyword.count + 1)
      if name == "iTXt" {
        guard text.first == 0 else { return [] }  // Compressed.
        // Flag and method, then a language and the translated keyword, each ended by a NUL.
        text = text.dropFirst(2).drop { $0 != 0 }.dropFirst().drop { $0 != 0 }.dropFirst()
      }
      let word = String(decoding: keyword.prefix(79), as: UTF8.self)
      if word == "XML:com.adobe.xmp" { return XMPStatements.found(in: Array(text)) }
      // Up to a NUL, as libvips returns it.
      let value = text.prefix(longestText).prefix { $0 != 0 }
      return [Declared(field: "png:\(word)", value: String(decoding: value, as: UTF8.self))]
    }
  }

  /// Comments and the XMP packet of a GIF file.
  private static func gifTexts(_ file: RawSpan) -> [Declared] {
    Segments.ofGIF(file).flatMap { name, blocks -> [Declared] in
      switch name {
      case "comment":
        let text = Segments.joined(blocks, of: file, most: longestText).prefix { $0 != 0 }
        return [Declared(field: "gif:comment", value: String(decoding: text, as: UTF8.self))]
      case "XMP DataXMP":
        // XMP has no sub-blocks, and ends with bytes that guide a reader of sub-blocks to its end.
        let end = min(blocks.upperBound, blocks.lowerBound + longestPacket)
        return XMPStatements.found(in: file.array(blocks.lowerBound..<end) ?? [])
      default: return []
      }
    }
  }
}
