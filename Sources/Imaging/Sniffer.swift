internal import CMagic
internal import Synchronization

/// libmagic could not be started; the text is for the log.
package struct SnifferError: Error, Sendable {
  /// libmagic's message.
  package let reason: String
}

/// Tells a file's type from its first bytes; one for all threads.
///
/// Loading takes 3.4 ms and maps 8 MB, which each thread would do again; a file takes 10 µs. A first sieve only: a truncated picture or one with a script behind it passes, see `DecoderPool`.
package final class Sniffer: Sendable {
  // Guarded by `turn`.
  nonisolated(unsafe) private let cookie: magic_t
  private let turn = Mutex(())

  // Only the magic entries: the rest forks, unpacks archives, or walks what we refuse anyway.
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
      // The text is the cookie's own until it is asked again.
      magic_buffer(cookie, bytes.baseAddress, bytes.count).map { String(cString: $0) }
    } ?? "application/octet-stream"
  }

  /// The image type, nil when the bytes begin no image that we take.
  package func imageType(of bytes: UnsafeRawBufferPointer) -> ImageType? {
    ImageType(mime: mime(of: bytes))
  }
}
