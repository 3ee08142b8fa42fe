/// The properties of an image, found by its decoder.
package struct Picture: Sendable, Equatable {
  /// The maximum side in pixels, limited by the database's 32-bit columns.
  package static let longestSide = Int(Int32.max)
  /// The maximum number of reported frames, for the same reason.
  package static let mostFrames = Int(Int32.max)

  /// Pixels across, after the EXIF orientation is applied.
  package let width: Int
  /// Pixels down, after the EXIF orientation is applied.
  package let height: Int
  /// The EXIF orientation, 1...8; 1 when the file has none.
  package let orientation: Int
  /// The type by the bytes, not by the name.
  package let type: ImageType
  /// The number of pictures in the file, at least 1.
  package let frames: Int

  /// Makes a picture of this size in upright pixels.
  package init(width: Int, height: Int, orientation: Int, type: ImageType, frames: Int) {
    self.width = width
    self.height = height
    self.orientation = orientation
    self.type = type
    self.frames = frames
  }

  /// The same picture with this number of frames, if its decoder found fewer.
  package func with(frames more: Int) -> Picture {
    Picture(
      width: width, height: height, orientation: orientation, type: type,
      frames: max(frames, more))
  }

  /// Whether it has the expected type, if one is given.
  func isOf(_ expected: ImageType?) -> Bool { expected == nil || expected == type }
}

/// Rows of pixels as a JPEG file stores them.
package struct StoredRows: Sendable, Equatable {
  /// The maximum number in a file.
  static let most = 65_535

  /// All rows, before the picture is turned upright.
  package let all: Int
  /// Rows with missing data: decoders fill them with gray or with coarse data.
  package let missing: Int

  /// Makes a number of missing rows of all rows.
  package init(all: Int, missing: Int) {
    self.all = all
    self.missing = missing
  }
}

/// The results for quality control: the picture's appearance, and its file's statements of origin.
package struct Inspection: Sendable, Equatable {
  /// The size and type, from the header.
  package let picture: Picture
  /// The likeness of the picture.
  package let likeness: Likeness
  /// The measures of its pixels.
  package let appearance: Appearance
  /// Its missing rows; nil when they were not counted.
  package let rows: StoredRows?
  /// Whether the metadata has a geographic position.
  package let hasPosition: Bool
  /// The statements of the metadata, each once, at most `DecodeAnswer.mostDeclared`.
  package let declared: [Declared]

  /// Makes the results of one picture.
  package init(
    picture: Picture, likeness: Likeness, appearance: Appearance, rows: StoredRows? = nil,
    hasPosition: Bool, declared: [Declared]
  ) {
    self.picture = picture
    self.likeness = likeness
    self.appearance = appearance
    self.rows = rows
    self.hasPosition = hasPosition
    self.declared = declared
  }
}
