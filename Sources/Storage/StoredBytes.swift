internal import Cryptography
internal import Imaging

/// The result of decoding a picture, which is kept with its bytes.
struct DecodedPicture {
  let mime: String
  /// The width in pixels, after rotation to upright.
  let width: Int
  let height: Int
}

extension DecodedPicture {
  init(_ verdict: Picture) {
    self.init(mime: verdict.type.mime, width: verdict.width, height: verdict.height)
  }
}

/// Stored bytes that may become an item: a picture or a text.
struct StoredBytes {
  let filename: String
  let sha256: Digest
  /// The size in bytes.
  let size: Int
  /// The decoded picture; nil for a text.
  let picture: DecodedPicture?

  /// The stored media type of a text.
  static let textType = "text/plain"

  var mime: String { picture?.mime ?? Self.textType }

  init(_ picture: DecodedPicture, sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, self.picture) = (filename, sha256, size, picture)
  }

  init(text sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, picture) = (filename, sha256, size, nil)
  }
}
