/// The maximum lengths of the longer sides of both previews, in pixels.
package struct PreviewSides: Sendable, Equatable {
  /// For a screen.
  package let large: Int
  /// For lists; the small preview is made from the large one.
  package let small: Int

  /// Limits the sides to 1…`DecodeLimits.longestPreview`, and the small one to the large one.
  package init(large: Int, small: Int) {
    self.large = min(max(1, large), DecodeLimits.longestPreview)
    self.small = min(max(1, small), self.large)
  }
}

/// The bytes of a picture's previews: JPEG files, upright, in sRGB, opaque, without metadata.
package struct Previews: Sendable, Equatable {
  /// For a screen.
  package let large: [UInt8]
  /// For lists.
  package let small: [UInt8]

  /// Two files.
  package init(large: [UInt8], small: [UInt8]) {
    self.large = large
    self.small = small
  }

  /// The lengths of the two files in bytes.
  package struct Lengths: Sendable, Equatable {
    /// The length of the large preview.
    package let large: Int
    /// The length of the small preview.
    package let small: Int

    /// Two lengths.
    package init(large: Int, small: Int) {
      self.large = large
      self.small = small
    }
  }

  /// The lengths of both.
  package var lengths: Lengths { Lengths(large: large.count, small: small.count) }
}
