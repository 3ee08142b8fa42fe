import HTTP
import Testing

@Suite struct MultipartTests {
  /// Data with near misses of the delimiter, which is "\r\n--boundary".
  static let traps = [
    "", "\r", "\r\n", "\r\n--", "\r\n--boundar", "\r\n--boundarx", "\r\r\n--boundar\r\n-",
    "\r\n\r\n", "--boundary", "-\r\n-boundary", "\n--boundary", "\r\n--Boundary",
    "\r\n--boundar\r\n--boundar\r\n", String(repeating: "\r", count: 9),
  ]

  static func body(_ data: [String]) -> [UInt8] {
    let parts = data.enumerated().map { index, data in
      "--boundary \t\r\nContent-Disposition: form-data; name=\"\(index)\"\r\n\r\n\(data)\r\n"
    }
    return Array(("preamble\r\n" + parts.joined() + "--boundary--\r\nepilogue").utf8)
  }

  static let type = "multipart/form-data; boundary=boundary"

  @Test func dataSimilarToABoundaryIsKept() throws {
    // A boundary at the very start of a part ends it, so the part has no body.
    let data = Self.traps.filter { !$0.hasPrefix("--boundary") }
    let found = try parts([Self.body(data)], type: Self.type)
    #expect(found.map(\.text) == data)
    #expect(found.map(\.headers.name) == data.indices.map(String.init))
    #expect(found.allSatisfy { $0.ended })
  }

  @Test func everySplitGivesTheSameParts() throws {
    let body = Self.body(Self.traps.filter { !$0.hasPrefix("--boundary") })
    let whole = try parts([body], type: Self.type)
    for cut in 0...body.count {
      #expect(try parts([Array(body[..<cut]), Array(body[cut...])], type: Self.type) == whole)
    }
    #expect(try parts(body.map { [$0] }, type: Self.type) == whole)
  }

  @Test func everyPairOfSplitsGivesTheSameParts() throws {
    let body = Array(form("Content-Disposition: form-data; name=a", "1\r\n--\r\n2").utf8)
    let whole = try parts([body])
    #expect(whole.map(\.text) == ["1\r\n--\r\n2"])
    for first in 0...body.count {
      for second in first...body.count {
        let pieces = [body[..<first], body[first..<second], body[second...]].map(Array.init)
        #expect(try parts(pieces) == whole)
      }
    }
  }

  @Test func everySplitGivesTheSameError() throws {
    let body = Array("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b \rx".utf8)
    let whole = problem { _ = try parts([body]) }
    #expect(whole?.detail == "A boundary line of the multipart body is malformed.")
    for cut in 0...body.count {
      let pieces = [Array(body[..<cut]), Array(body[cut...])]
      let refused = problem { _ = try parts(pieces) }
      #expect(refused?.detail == whole?.detail)
    }
  }

  @Test func aPartWithoutABodyEnds() throws {
    let head = "Content-Disposition: form-data; name=a"
    #expect(try parts("--b\r\n\(head)\r\n\r\n--b--").map(\.data) == [[]])
    #expect(try parts(form(head, "")).map(\.data) == [[]])
    #expect(try parts("--b--").isEmpty)
  }

  @Test func dataIsPassedOnWithinItsChunk() throws {
    let body = Array(form("Content-Disposition: form-data; name=a", "0123456789").utf8)
    var parser = try MultipartParser(contentType: formType)
    var inside: [Bool] = []
    try body.withUnsafeBytes { chunk in
      let bounds =
        Int(bitPattern: chunk.baseAddress)..<Int(bitPattern: chunk.baseAddress) + chunk.count
      try parser.feed(chunk) { event in
        guard case .data(let bytes) = event else { return }
        inside.append(bounds.contains(Int(bitPattern: bytes.baseAddress)))
      }
    }
    #expect(inside == [true])
  }

  @Test func errorsOfTheHandlerAreRethrown() throws {
    let body = Array(form("Content-Disposition: form-data; name=a").utf8)
    var parser = try MultipartParser(contentType: formType)
    #expect(throws: ClientGone.self) {
      try body.withUnsafeBytes { chunk in try parser.feed(chunk) { _ in throw ClientGone() } }
    }
  }

  @Test func theNumberOfPartsIsLimited() throws {
    let limit = 10_000
    #expect(
      try parts([Self.body(Array(repeating: "", count: limit))], type: Self.type).count == limit)
    let refused = problem {
      _ = try parts([Self.body(Array(repeating: "", count: limit + 1))], type: Self.type)
    }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The multipart body has more than 10000 parts.")
  }

  @Test func everyByteOfALargePartIsKept() throws {
    var seed: UInt64 = 88_172_645_463_325_252
    let data = (0..<300_000).map { _ -> UInt8 in
      seed ^= seed << 13
      seed ^= seed >> 7
      seed ^= seed << 17
      // Many line ends, because random bytes have few.
      return [13, 10, 45, UInt8(truncatingIfNeeded: seed >> 8)][Int(seed & 3)]
    }
    let head = Array("--bound\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8)
    let body = head + data + Array("\r\n--bound--".utf8)
    let pieces = stride(from: 0, to: body.count, by: 4093).map {
      Array(body[$0..<min($0 + 4093, body.count)])
    }
    let found = try parts(pieces, type: "multipart/form-data; boundary=bound")
    #expect(found.map { $0.data == data } == [true])
  }
}
