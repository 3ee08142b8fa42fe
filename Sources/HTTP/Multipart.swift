extension Request {
  /// The number of body bytes to read at once.
  private static let multipartRead = 64 << 10

  /// Streams a multipart/form-data body of at most `limit` bytes through the parser.
  ///
  /// A later part may be malformed after `handle` has processed earlier ones, so commit nothing
  /// before this returns.
  /// - Throws: 413 when the body is longer, 415 for another media type, 400 when it is malformed or
  ///   ends early, and the errors of `handle`.
  package func multipart(
    limit: Int, _ handle: (MultipartParser.Event) throws -> Void
  ) throws {
    var parser = try MultipartParser(contentType: contentType ?? "")
    var rest = contentLength ?? 0
    guard rest <= limit else { throw Problem.tooLarge(limit: limit) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.multipartRead, alignment: 64)
    defer { buffer.deallocate() }
    while rest > 0 {
      let got = read(into: .init(rebasing: buffer.prefix(rest)))
      guard got > 0 else {
        throw Problem.badRequest("The body ended before its declared length.")
      }
      rest -= got
      try parser.feed(.init(rebasing: buffer.prefix(got)), handle)
    }
    try parser.finish()
  }
}
