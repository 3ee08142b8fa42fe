package import Cryptography
package import Imaging

/// The result of decoding a picture, which is kept with its bytes.
package struct DecodedPicture {
  let mime: String
  /// The width in pixels, after rotation to upright.
  let width: Int
  let height: Int
  /// The findings for quality control; nil when it is still to inspect the picture.
  package var inspection: Inspection?
}

extension DecodedPicture {
  /// Keeps of the decoder's verdict only the type and the size, and the inspection.
  package init(_ verdict: Picture, _ inspection: Inspection?) {
    self.init(
      mime: verdict.type.mime, width: verdict.width, height: verdict.height,
      inspection: inspection)
  }
}

/// Stored bytes that may become an item: a picture or a text.
package struct StoredBytes {
  /// The client's name of the file.
  package let filename: String
  /// The digest of the bytes.
  package let sha256: Digest
  /// The size in bytes.
  package let size: Int
  /// The decoded picture; nil for a text.
  package let picture: DecodedPicture?
  /// Whether durable previews of the picture are stored.
  package private(set) var isPreviewed = false

  /// The stored media type of a text.
  package static let textType = "text/plain"

  var mime: String { picture?.mime ?? Self.textType }

  /// Returns the same bytes, with or without durable previews.
  package func previewed(_ isPreviewed: Bool) -> StoredBytes {
    var bytes = self
    bytes.isPreviewed = isPreviewed
    return bytes
  }

  /// Makes the bytes of a picture.
  package init(_ picture: DecodedPicture, sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, self.picture) = (filename, sha256, size, picture)
  }

  /// Makes the bytes of a text.
  package init(text sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, picture) = (filename, sha256, size, nil)
  }
}
