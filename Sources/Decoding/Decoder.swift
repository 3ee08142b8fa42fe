internal import CCrypto
internal import CVips
package import Imaging

/// Decodes one file's bytes; runs only in assay-decode.
package enum Decoder {
  /// Starts libcrypto and libvips; false when it cannot.
  package static func start(program: String) -> Bool {
    // A confined process could not read its configuration.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1 && cvips_start(program) == 0
  }

  /// Prepares the loaders' classes, tables and symbols, which each child would otherwise do itself.
  ///
  /// It decodes nothing: that would start threads, and a process with threads must not fork.
  package static func prepare() {
    // The first bytes of a file of each type; the loader refuses them.
    for (type, start) in beginnings {
      start.withUnsafeBytes { bytes in
        _ = try? Outline.checked(bytes.bytes, type, mostPixels: 1)
        _ = try? VipsPicture(bytes, type)
      }
    }
    cvips_prepare()
    cvips_clear()
  }

  private static let beginnings: [(ImageType, [UInt8])] = [
    (.jpeg, [0xff, 0xd8, 0xff, 0xd9]), (.png, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    (.webp, Array("RIFF\u{4}\0\0\0WEBP".utf8)), (.tiff, Array("II*\0\u{8}\0\0\0".utf8)),
    (.gif, Array("GIF89a".utf8)),
  ]

  /// Answers one request about one file; the bytes that follow the answer are added to `files`.
  ///
  /// The memory must be this process's own: it may be written to.
  package static func answer(
    _ request: DecodeRequest, about memory: UnsafeMutableRawBufferPointer, files: inout [[UInt8]]
  ) -> DecodeAnswer {
    defer { cvips_clear() }
    do throws(DecodeFailure) {
      let type = try Signature.type(of: UnsafeRawBufferPointer(memory).bytes)
      if let expected = request.task.expected, expected != type {
        throw .refused("The file is a \(type.name) image, not a \(expected.name) image.")
      }
      return try DecodedFile(memory, type, mostPixels: request.pixels)
        .answer(request.task, &files)
    } catch {
      switch error {
      case .tooLarge(let width, let height): return .tooLarge(width: width, height: height)
      case .refused(let sentence): return .refused(sentence)
      case .crashed, .timedOut, .unavailable: return .refused(DecodeFailure.damagedSentence)
      }
    }
  }
}

extension DecodeRequest.Task {
  /// The only accepted type; nil for any type.
  fileprivate var expected: ImageType? {
    switch self {
    case .verify(let type), .examine(let type, _): type
    case .inspect, .previews, .square: nil
    }
  }
}
