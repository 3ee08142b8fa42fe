import Imaging
import Testing

/// All tests that start decoders, run one after the other, because some count descriptors.
@Suite(.serialized) enum DecoderTests {
  static let pool = DecoderPool(executable: decoder, size: 2)
}

let damaged = DecodeFailure.refused("The image is truncated or damaged.")

/// Each call is a unit of work of its own.
extension DecoderPool {
  func verify(_ file: Fixture, as type: ImageType?) throws(DecodeFailure) -> Picture {
    try session().verify(file, as: type)
  }

  func verify(_ bytes: [UInt8], as type: ImageType?) throws -> Picture {
    try session().verify(bytes, as: type)
  }

  func inspect(_ file: Fixture) throws -> Inspection { try session().inspect(file) }

  func inspect(_ bytes: [UInt8]) throws -> Inspection { try session().inspect(bytes) }

  func preview(_ file: Fixture, longest: Int) throws(DecodeFailure) -> [UInt8] {
    defer { withExtendedLifetime(file) {} }
    return try session().previews(file.descriptor, PreviewSides(large: longest, small: 1)).large
  }

  func preview(_ bytes: [UInt8], longest: Int) throws -> [UInt8] {
    try preview(Fixture(bytes), longest: longest)
  }

  func square(_ descriptor: Int32, side: Int, isCropped: Bool) throws(DecodeFailure) -> [UInt8] {
    try session().square(descriptor, side: side, isCropped: isCropped)
  }
}

extension DecoderSession {
  func inspect(_ file: Fixture) throws -> Inspection {
    defer { withExtendedLifetime(file) {} }
    return try inspect(file.descriptor)
  }

  func inspect(_ bytes: [UInt8]) throws -> Inspection { try inspect(Fixture(bytes)) }

  func verify(_ file: Fixture, as type: ImageType?) throws(DecodeFailure) -> Picture {
    defer { withExtendedLifetime(file) {} }
    return try verify(file.descriptor, as: type)
  }

  func verify(_ bytes: [UInt8], as type: ImageType?) throws -> Picture {
    try verify(Fixture(bytes), as: type)
  }
}
