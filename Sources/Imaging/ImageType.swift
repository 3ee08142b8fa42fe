/// The supported image types; each has one unblocked loader in assay-decode.
package enum ImageType: String, CaseIterable, Sendable {
  case jpeg, png, webp, tiff, gif, bmp

  /// The types that the root face accepts, as its document requires.
  package static let root: Set<ImageType> = [.jpeg, .png]
  /// The types that the faces below `/api` accept.
  package static let all: Set<ImageType> = Set(allCases)

  /// The media type, as nginx serves it.
  package var mime: String { "image/\(rawValue)" }

  /// The extension of a stored file's name, without the dot.
  package var fileExtension: String {
    switch self {
    case .jpeg: "jpg"
    case .tiff: "tif"
    case .png, .webp, .gif, .bmp: rawValue
    }
  }

  /// The name for display.
  package var name: String {
    switch self {
    case .webp: "WebP"
    case .jpeg, .png, .tiff, .gif, .bmp: rawValue.uppercased()
    }
  }

  /// The type for a media type; nil when it is not supported.
  package init?(mime: String) {
    let plain = Self.aliases[mime] ?? mime
    guard let type = Self.allCases.first(where: { $0.mime == plain }) else { return nil }
    self = type
  }

  // libmagic's databases and browsers do not agree on this one.
  private static let aliases = ["image/x-ms-bmp": "image/bmp", "image/x-bmp": "image/bmp"]
}

extension Set<ImageType> {
  /// "JPEG or PNG": the names for a sentence, in the order of declaration.
  package var names: String {
    let names = ImageType.allCases.filter(contains).map(\.name)
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) or \(last)"
  }
}
