internal import Cryptography
internal import Imaging

/// The result of one look at a picture, which is kept with its bytes.
struct DecodedPicture {
  let mime: String
  /// Pixels across and down, upright.
  let width: Int
  let height: Int
}

extension DecodedPicture {
  init(_ verdict: Picture) {
    self.init(mime: verdict.type.mime, width: verdict.width, height: verdict.height)
  }
}

/// Bytes that are kept and may become an item: a picture's, or a text's.
struct StoredBytes {
  let filename: String
  let sha256: Digest
  /// In bytes.
  let size: Int
  /// Nil for a text.
  let picture: DecodedPicture?

  /// The media type of a text, as it is stored.
  static let textType = "text/plain"

  var mime: String { picture?.mime ?? Self.textType }

  init(_ picture: DecodedPicture, sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, self.picture) = (filename, sha256, size, picture)
  }

  init(text sha256: Digest, size: Int, named filename: String) {
    (self.filename, self.sha256, self.size, picture) = (filename, sha256, size, nil)
  }
}
