package import Queue

internal import Glibc
internal import HTTP

/// The store cannot take or give bytes.
package struct StoreError: Error, CustomStringConvertible {
  package let description: String
  private let code: Int32

  /// What could not be done, and `errno`, which says why.
  init(_ what: String, code: Int32 = errno) {
    self.code = code
    description = "\(what): \(String(cString: strerror(code)))"
  }

  /// What the client is told; nothing of paths.
  var sentence: String {
    isFull
      ? "The store is full: try again when there is room." : "The store cannot take or give files."
  }

  /// The answer when nothing could be done for the client.
  var problem: Problem {
    isFull ? Problem(507, sentence, headers: [("Retry-After", "60")]) : .unavailable(sentence)
  }

  /// Whether a file has lost its name.
  var isGone: Bool { code == ENOENT }

  private var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

extension StoreError: BlamingError {
  /// A file that is gone is one picture's; other errors may be the whole store's.
  package var blame: Blame { isGone ? .partForNow : .partOrSurroundings }
}
