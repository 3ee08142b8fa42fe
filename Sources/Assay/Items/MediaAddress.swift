internal import Cryptography
internal import HTTP
internal import Imaging
internal import Storage

/// The signed address of stored bytes, written directly into an answer.
struct MediaAddress: WireValue {
  private let frame: Frame
  private let digest: Digest
  private let suffix: Suffix

  /// The parts that all addresses of one answer share.
  final class Frame: Sendable {
    /// The part before the digest: origin and folder, escaped.
    fileprivate let head: [UInt8]
    /// The part after the file name.
    fileprivate let tail: [UInt8]
    /// The signed text before the path.
    fileprivate let expires: [UInt8]
    /// The signed text after the path.
    fileprivate let key: [UInt8]

    init(origin: String, expires: Int, key: String) {
      var quoted = JSONWriter()
      quoted.string(origin + MediaAddress.folder)
      head = Array(quoted.bytes.dropFirst().dropLast())
      tail = Array("?expires=\(expires)&sig=".utf8)
      self.expires = Array("\(expires)".utf8)
      self.key = Array(" \(key)".utf8)
    }
  }

  /// The part of a file name after the digest: `.jpg`, `-v2-320.webp`.
  struct Suffix {
    private var letters: InlineArray<16, UInt8> = .init(repeating: 0)
    fileprivate let length: Int

    /// Makes the suffix for a media type.
    init(mime: String) {
      let type = ImageType.allCases.first { $0.mime == mime }
      self.init(".\(type?.fileExtension ?? (mime == StoredBytes.textType ? "txt" : "bin"))")
    }

    /// Makes a suffix of at most 16 ASCII characters.
    init(_ text: String) {
      length = min(text.utf8.count, letters.count)
      for (index, letter) in text.utf8.prefix(length).enumerated() { letters[index] = letter }
    }

    fileprivate func fill(_ place: UnsafeMutableRawPointer) {
      for index in 0..<length {
        place.storeBytes(of: letters[index], toByteOffset: index, as: UInt8.self)
      }
    }
  }

  fileprivate static let folder = "/media/"

  init(_ digest: Digest, _ suffix: Suffix, _ frame: Frame) {
    (self.digest, self.suffix, self.frame) = (digest, suffix, frame)
  }

  static var schema: Schema { .string() }

  func write(to writer: inout JSONWriter) {
    let name = Digest.length * 2 + suffix.length
    let length = frame.head.count + name + frame.tail.count + SignedLink.length
    writer.quoted(length) { room in
      let text = UnsafeMutableRawBufferPointer(room)
      text.copyBytes(from: frame.head)
      let digits = text.baseAddress.unsafelyUnwrapped + frame.head.count
      digest.fill(digits)
      suffix.fill(digits + Digest.length * 2)
      UnsafeMutableRawBufferPointer(rebasing: text[(frame.head.count + name)...])
        .copyBytes(from: frame.tail)
      let path = text[(frame.head.count - Self.folder.utf8.count)..<(frame.head.count + name)]
      sign(
        UnsafeRawBufferPointer(rebasing: path),
        into: UnsafeMutableBufferPointer(rebasing: room.suffix(SignedLink.length)))
    }
  }

  private func sign(
    _ path: UnsafeRawBufferPointer, into letters: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (expires, key) = (frame.expires, frame.key)
    let length = expires.count + path.count + key.count
    withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { text in
      text.copyBytes(from: expires)
      UnsafeMutableRawBufferPointer(rebasing: text[expires.count...]).copyMemory(from: path)
      UnsafeMutableRawBufferPointer(rebasing: text[(expires.count + path.count)...])
        .copyBytes(from: key)
      SignedLink.sign(UnsafeRawBufferPointer(text), into: letters)
    }
  }
}
