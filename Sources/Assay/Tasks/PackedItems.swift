internal import Cryptography
internal import Postgres

/// Reads `task.packed_items`: the id, SHA-256 and media type of each item.
struct PackedItems {
  private var rest: UnsafeRawBufferPointer
  /// The last media type; most items of a task share one, so its suffix is looked up once.
  private var type = UnsafeRawBufferPointer(start: nil, count: 0)
  private var suffix = MediaAddress.Suffix(mime: "")

  private static let header = UUIDBytes.size + Digest.length + 2

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// One item of a task.
  struct Item {
    let id: UUIDBytes
    let digest: Digest
    let suffix: MediaAddress.Suffix
  }

  /// Returns the next item, or nil after the last.
  mutating func next() throws(PostgresError) -> Item? {
    guard !rest.isEmpty else { return nil }
    guard rest.count >= Self.header else { throw .unexpected("no packed items") }
    let length = Int(rest[Self.header - 2]) << 8 | Int(rest[Self.header - 1])
    guard rest.count >= Self.header + length else { throw .unexpected("no packed items") }
    let mime = UnsafeRawBufferPointer(rebasing: rest[Self.header..<(Self.header + length)])
    if !mime.elementsEqual(type) {
      (type, suffix) = (mime, MediaAddress.Suffix(mime: String(decoding: mime, as: UTF8.self)))
    }
    let digest = UnsafeRawBufferPointer(rebasing: rest[UUIDBytes.size...])
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[(Self.header + length)...]) }
    return Item(id: UUIDBytes(rest), digest: Digest(digest), suffix: suffix)
  }
}

/// An account's current annotations in a task.
///
/// For each item they contain its id and the labels in PostgreSQL's array format, in descending
/// order of the ids.
struct PackedAnswers {
  private let bytes: [UInt8]
  private var places: [(item: UUIDBytes, labels: Range<Int>)] = []

  init(_ bytes: [UInt8]) throws(PostgresError) {
    self.bytes = bytes
    var place = 0
    while place < bytes.count {
      guard bytes.count - place >= UUIDBytes.size else { throw .unexpected("no packed answers") }
      let item = bytes.withUnsafeBytes { UUIDBytes(UnsafeRawBufferPointer(rebasing: $0[place...])) }
      let labels = place + UUIDBytes.size
      place = try StoredLabels.end(of: bytes, from: labels)
      places.append((item, labels..<place))
    }
  }

  /// Returns the labels of an item, or nil when there are none.
  subscript(_ item: UUIDBytes) -> StoredLabels? {
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].item > item { low = middle + 1 } else { high = middle }
    }
    guard low < places.count, places[low].item == item else { return nil }
    return StoredLabels(bytes[places[low].labels])
  }
}
