internal import Imaging

/// The first bytes of a file, which select its loader.
enum Signature {
  private static let signatures: [(type: ImageType, bytes: [UInt8])] = [
    (.jpeg, [0xff, 0xd8, 0xff]),
    (.png, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    (.tiff, [0x49, 0x49, 0x2a, 0x00]), (.tiff, [0x4d, 0x4d, 0x00, 0x2a]),
    (.tiff, [0x49, 0x49, 0x2b, 0x00]), (.tiff, [0x4d, 0x4d, 0x00, 0x2b]),
    (.gif, Array("GIF87a".utf8)), (.gif, Array("GIF89a".utf8)),
    (.bmp, Array("BM".utf8)),
  ]

  /// The type; throws `refused` when it is not supported.
  static func type(of bytes: RawSpan) throws(DecodeFailure) -> ImageType {
    if bytes.hasBytes("RIFF".utf8, at: 0), bytes.hasBytes("WEBP".utf8, at: 8) { return .webp }
    guard let match = signatures.first(where: { bytes.hasBytes($0.bytes, at: 0) }) else {
      throw .refused("The file is not a \(ImageType.all.names) image.")
    }
    return match.type
  }
}
