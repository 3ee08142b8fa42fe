/// The facts about an image that its decoder found.
package struct Picture: Sendable, Equatable {
  /// The longest side, in pixels: what the database's 32-bit columns hold.
  package static let longestSide = Int(Int32.max)
  /// The most frames that are reported, for the same reason.
  package static let mostFrames = Int(Int32.max)

  /// Pixels across, after the EXIF orientation is applied.
  package let width: Int
  /// Pixels down, after the EXIF orientation is applied.
  package let height: Int
  /// The EXIF orientation, 1...8; 1 when the file says none.
  package let orientation: Int
  /// The type by the bytes, not by the name.
  package let type: ImageType
  /// The number of pictures in the file, at least 1.
  package let frames: Int

  /// A picture of so many upright pixels.
  package init(width: Int, height: Int, orientation: Int, type: ImageType, frames: Int) {
    self.width = width
    self.height = height
    self.orientation = orientation
    self.type = type
    self.frames = frames
  }

  /// The same picture with more frames than its decoder sees, if there are more.
  package func with(frames more: Int) -> Picture {
    Picture(
      width: width, height: height, orientation: orientation, type: type,
      frames: max(frames, more))
  }
}

/// Rows of pixels as a JPEG file stores them.
package struct StoredRows: Sendable, Equatable {
  /// The most that a file can have.
  static let most = 65_535

  /// All, before the picture is turned upright.
  package let all: Int
  /// Those without data, whole or in part: decoders fill them with gray or with coarse data.
  package let missing: Int

  /// So many of so many.
  package init(all: Int, missing: Int) {
    self.all = all
    self.missing = missing
  }
}

/// The findings for quality control: the picture's look, and its file's statements of its origin.
package struct Inspection: Sendable, Equatable {
  /// The size and type, from the header.
  package let picture: Picture
  /// The look of the picture.
  package let likeness: Likeness
  /// The figures of its pixels.
  package let appearance: Appearance
  /// Its missing rows; nil where they are not looked for.
  package let rows: StoredRows?
  /// Whether the metadata says where it was taken.
  package let hasPosition: Bool
  /// The statements of the metadata, each once, at most `DecodeAnswer.mostDeclared`.
  package let declared: [Declared]

  /// One picture's findings.
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
