internal import CMagic
internal import Synchronization

/// libmagic could not be started; the text is for the log.
package struct SnifferError: Error, Sendable {
  /// libmagic's message.
  package let reason: String
}

/// Recognizes a file's type by its first bytes; shared by all threads.
///
/// Loading takes 3.4 ms and maps 8 MB, so threads share it; a file takes 10 µs. It is only a first
/// filter: a truncated picture, or one followed by a script, passes. See `DecoderPool`.
package final class Sniffer: Sendable {
  // Guarded by `turn`.
  nonisolated(unsafe) private let cookie: magic_t
  private let turn = Mutex(())

  // Only the magic entries: other checks fork, unpack archives, or read files that are refused.
  private static let flags =
    MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR
    | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF

  /// Loads the system's magic database; throws when there is none.
  package init() throws(SnifferError) {
    guard let cookie = magic_open(Self.flags) else {
      throw SnifferError(reason: "magic_open failed")
    }
    guard magic_load(cookie, nil) == 0 else {
      let reason = magic_error(cookie).map { String(cString: $0) } ?? "magic_load failed"
      magic_close(cookie)
      throw SnifferError(reason: reason)
    }
    self.cookie = cookie
  }

  deinit { magic_close(cookie) }

  /// The media type; `application/octet-stream` when libmagic knows none.
  package func mime(of bytes: UnsafeRawBufferPointer) -> String {
    turn.withLock { _ in
      // The text belongs to the cookie and is valid until its next call.
      magic_buffer(cookie, bytes.baseAddress, bytes.count).map { String(cString: $0) }
    } ?? "application/octet-stream"
  }

  /// The image type; nil when the bytes do not begin a supported image.
  package func imageType(of bytes: UnsafeRawBufferPointer) -> ImageType? {
    ImageType(mime: mime(of: bytes))
  }
}
