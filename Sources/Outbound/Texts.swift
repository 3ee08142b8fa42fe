internal import Glibc

/// Copies of texts for C, valid as long as this object lives.
final class Texts {
  private let pointers: [UnsafeMutablePointer<CChar>?]

  /// Copies these texts; nil stays nil.
  init(_ texts: [String?]) { pointers = texts.map { $0.flatMap { strdup($0) } } }

  deinit { for pointer in pointers { free(pointer) } }

  subscript(index: Int) -> UnsafePointer<CChar>? { pointers[index].map { UnsafePointer($0) } }
}
