internal import CVips
internal import Imaging

/// Whether a picture's metadata has a geographic position.
enum Position {
  /// A property with a value, in the spellings that RDF allows: the direction alone,
  /// `GPSLatitudeRef`, is not a position.
  private static let properties = ["=\"", "='", ">"].flatMap { opening in
    (0...9).map { Array("exif:GPSLatitude\(opening)\($0)".utf8) }
  }

  /// Searches EXIF, a TIFF file's own directory, and XMP.
  static func isSaid(in source: VipsPicture, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let block = bare(source.blob("exif-data"))
    if TIFFLayout.hasPosition(block.span.bytes) { return true }
    switch source.picture.type {
    case .png where PNGMetadata.hasPosition(bytes.bytes): return true
    case .tiff where TIFFLayout.hasPosition(bytes.bytes): return true
    default: break
    }
    let packet = source.blob("xmp-data")
    return properties.contains { cvips_contains(packet, packet.count, $0, $0.count) != 0 }
  }

  /// The block without the prefix that only some formats keep.
  private static func bare(_ block: [UInt8]) -> [UInt8] {
    let prefix = Array("Exif\0\0".utf8)
    return block.starts(with: prefix) ? Array(block.dropFirst(prefix.count)) : block
  }
}
