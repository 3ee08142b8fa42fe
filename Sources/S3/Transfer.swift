internal import Glibc

/// Receives one answer: its head, and its body into a file up to a limit.
final class Transfer {
  private(set) var head = AnswerHead()
  /// The reason when we ended the transfer ourselves.
  private(set) var fault: S3Error?
  /// The first bytes of a body that is not an object, such as a refusal's.
  private var aside: [UInt8] = []
  private var written = 0
  private let descriptor: Int32
  private let limit: Int

  /// Maximum of these bytes: a refusal's code is at the beginning of its body.
  private static let asideLimit = 4096

  /// - Parameters:
  ///   - descriptor: the file for a successful answer's body; negative when none is expected.
  ///   - limit: maximum size of such a body, in bytes.
  init(to descriptor: Int32 = -1, limit: Int = 0) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// The store's code of a refusal; empty without one.
  var code: String {
    let text = String(decoding: aside, as: UTF8.self)
    guard let start = text.firstRange(of: "<Code>"),
      let end = text[start.upperBound...].firstRange(of: "</Code>")
    else { return "" }
    let code = text[start.upperBound..<end.lowerBound]
    return code.allSatisfy { $0.isASCII && $0.isLetter } ? String(code.prefix(64)) : ""
  }

  /// Receives a line of the head; false ends the transfer.
  func takeHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard head.take(String(decoding: bytes, as: UTF8.self)) else {
      return end(.broken("its head is too long"))
    }
    return true
  }

  /// Receives a part of the body; false ends the transfer.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard head.status == 200, descriptor >= 0 else {
      aside += bytes.prefix(Self.asideLimit - aside.count)
      return aside.count < Self.asideLimit
    }
    // If the declared length of a body is too large, nothing is written.
    guard head.length ?? 0 <= limit, bytes.count <= limit - written else {
      return end(.tooLarge(limit: limit))
    }
    return write(bytes)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 || errno != EINTR {
        return end(.cannotWrite(count == 0 ? EIO : errno))
      }
    }
    written += bytes.count
    return true
  }

  private func end(_ error: S3Error) -> Bool {
    fault = error
    return false
  }
}
