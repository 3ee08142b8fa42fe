internal import CVips
internal import Imaging

/// Words that declare an origin at any place in the file: programs move metadata between blocks,
/// and only some kinds of blocks have a parser here.
enum OriginMarks {
  private static let marks: [(bytes: [UInt8], statement: Declared)] =
    ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"].map {
      (Array($0.utf8), Declared(field: "digitalSourceType", value: $0))
    }

  /// Searches the first 4 MB and the last 1 MB.
  static func found(in bytes: UnsafeRawBufferPointer) -> [Declared] {
    let parts = [bytes.prefix(4 << 20), bytes.suffix(1 << 20)]
    return marks.filter { mark in
      parts.contains { contains(UnsafeRawBufferPointer(rebasing: $0), mark.bytes) }
    }.map(\.statement)
  }

  private static func contains(_ part: UnsafeRawBufferPointer, _ mark: [UInt8]) -> Bool {
    guard let base = part.baseAddress else { return false }
    return cvips_contains(base, part.count, mark, mark.count) != 0
  }
}
