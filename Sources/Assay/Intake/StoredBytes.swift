internal import Cryptography
internal import Imaging

/// Bytes that are stored and may become an item: a picture's, or a text's.
struct StoredBytes {
  var filename: String
  let sha256: Digest
  /// How many bytes.
  let size: Int
  let mime: String
  /// Upright, in pixels; nil for a text.
  let width: Int?
  let height: Int?

  /// The media type of a text, as it is stored.
  static let textType = "text/plain"

  var isPicture: Bool { mime != Self.textType }

  init(
    filename: String, sha256: Digest, size: Int, mime: String, width: Int?, height: Int?
  ) {
    (self.filename, self.sha256, self.size) = (filename, sha256, size)
    (self.mime, self.width, self.height) = (mime, width, height)
  }

  init(_ picture: Picture, sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size) = (filename, sha256, size)
    (mime, width, height) = (picture.type.mime, picture.width, picture.height)
  }

  init(text sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size) = (filename, sha256, size)
    (mime, width, height) = (Self.textType, nil, nil)
  }
}
