internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary

/// The key `requests/{request}/{image}` of a stored picture, written directly into an answer.
struct StorageKey: WireValue {
  let project: ID<Project>
  let image: ID<Item>

  private static let folder = Array("requests/".utf8)

  static var schema: Schema { .string() }

  func write(to writer: inout JSONWriter) {
    let (folder, id) = (Self.folder, UUIDBytes.length)
    writer.quoted(folder.count + id + 1 + id) { text in
      _ = text.update(fromContentsOf: folder)
      project.bytes.fill(UnsafeMutableBufferPointer(rebasing: text[folder.count...].prefix(id)))
      text[folder.count + id] = UInt8(ascii: "/")
      image.bytes.fill(UnsafeMutableBufferPointer(rebasing: text.suffix(id)))
    }
  }
}

/// An entity tag (RFC 9110, section 8.8.3), written directly into an answer.
///
/// It is the SHA-256 in quotes, which JSON escapes.
struct EntityTag: WireValue {
  let digest: Digest

  private static let quote = Array("\\\"".utf8)

  static var schema: Schema { .string() }

  func write(to writer: inout JSONWriter) {
    let quote = Self.quote
    writer.quoted(quote.count + Digest.length * 2 + quote.count) { text in
      _ = text.update(fromContentsOf: quote)
      let digits = UnsafeMutableRawBufferPointer(text).baseAddress.map { $0 + quote.count }
      digits.map { digest.fill($0) }
      _ = UnsafeMutableBufferPointer(rebasing: text.suffix(quote.count)).update(
        fromContentsOf: quote)
    }
  }
}
