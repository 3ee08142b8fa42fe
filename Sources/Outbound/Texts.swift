internal import Glibc

/// Texts as C wants them, for as long as this lives.
final class Texts {
  private let pointers: [UnsafeMutablePointer<CChar>?]

  /// Copies of these; nil stays nil.
  init(_ texts: [String?]) { pointers = texts.map { $0.flatMap { strdup($0) } } }

  deinit { for pointer in pointers { free(pointer) } }

  subscript(index: Int) -> UnsafePointer<CChar>? { pointers[index].map { UnsafePointer($0) } }
}
