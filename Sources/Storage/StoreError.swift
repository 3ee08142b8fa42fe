package import HTTP
package import Queue

internal import Glibc

/// The error when the store cannot write or read files.
package struct StoreError: Error, CustomStringConvertible {
  package let description: String
  private let code: Int32

  /// Makes an error from the failed operation and `errno`.
  package init(_ what: String, code: Int32 = errno) {
    self.code = code
    description = "\(what): \(String(cString: strerror(code)))"
  }

  /// The sentence for the client; it contains no paths.
  package var sentence: String {
    isFull
      ? "The storage is full: try again later."
      : "The storage does not work: try again in a moment."
  }

  /// The answer when no file of the request was stored.
  package var problem: Problem {
    isFull ? Problem(507, sentence, headers: [("Retry-After", "60")]) : .unavailable(sentence)
  }

  /// Whether the file does not exist.
  package var isGone: Bool { code == ENOENT }

  private var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

extension StoreError: BlamingError {
  /// A file that is gone is one picture's; other errors may be the whole store's.
  package var blame: Blame { isGone ? .partForNow : .partOrSurroundings }
}
