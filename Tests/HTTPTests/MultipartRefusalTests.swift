import HTTP
import Testing

@Suite struct MultipartRefusalTests {
  static let head = "Content-Disposition: form-data; name=a"

  @Test(arguments: [
    "", "--b", "--b\r\n", "--b\r\n\(head)\r\n", "--b\r\n\(head)\r\n\r\n1",
    "--b\r\n\(head)\r\n\r\n1\r\n--b", "--b\r\n\(head)\r\n\r\n1\r\n--b-", "x--b--",
    "x\n--b--", "--b\r\n\(head)\r\n\r\n1\n--b--",
  ])
  func aMissingClosingBoundaryIsReported(body: String) {
    let refused = problem { _ = try parts(body) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The multipart body ended before its closing boundary.")
  }

  @Test(arguments: [
    "--b\n\(head)\n\n1\n--b--", "--bb\r\n\r\n", "--b \n", "--b\rx", "--b-x", "--b --",
    "--b\r\n\(head)\r\n\r\n1\r\n--b2\r\n",
  ])
  func malformedBoundaryLinesAreRefused(body: String) {
    let refused = problem { _ = try parts(body) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "A boundary line of the multipart body is malformed.")
  }

  @Test(arguments: [
    "\(head)\nX: y", "no colon", ": empty", " : blank", "X Y: z", "X : y",
    "\(head)\r\nX: 1\r\nx: 2",
    "--b--", "Content-Dispositi\u{f6}n: form-data; name=a",
  ])
  func malformedPartHeadersAreRefused(lines: String) {
    let refused = problem { _ = try parts(form(lines)) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The headers of a multipart part are malformed.")
  }

  @Test(arguments: [
    "X: y", "Content-Disposition: form-data", "Content-Disposition: attachment; name=a",
    "Content-Disposition: form-data; name", "Content-Disposition: form-data; name=\"a",
    "Content-Disposition: form-data; name=\"a\"b", "Content-Disposition: form-data; =a",
    "\(head); name=b", "\(head); filename=x; FileName=y", "Content-Type: text/plain",
  ])
  func aPartNeedsOneName(lines: String) {
    let refused = problem { _ = try parts(form(lines)) }
    #expect(refused?.status == 400)
    #expect(
      refused?.detail == "A multipart part needs Content-Disposition: form-data with a name.")
  }

  @Test func aPartNeedsHeaders() {
    expectProblem(400) { _ = try parts("--b\r\n\r\nx\r\n--b--") }
  }

  @Test(arguments: ["base64", "Quoted-Printable", "", "x-gzip"])
  func transferEncodingsAreRefused(encoding: String) {
    let refused = problem {
      _ = try parts(form("\(Self.head)\r\nContent-Transfer-Encoding: \(encoding)"))
    }
    #expect(
      refused?.detail
        == "A multipart part must be sent as binary, without a transfer encoding.")
  }

  @Test(arguments: ["binary", "8bit", "7BIT "])
  func identityTransferEncodingsAreAccepted(encoding: String) throws {
    #expect(
      try parts(form("\(Self.head)\r\nContent-Transfer-Encoding: \(encoding)")).map(\.text) == ["x"]
    )
  }

  @Test(arguments: [
    (8192, true), (8193, false),
  ])
  func theHeadersOfAPartAreLimited(count: Int, fits: Bool) {
    // The two line ends of the header block count, too.
    let lines = Self.head + "\r\nX: "
    let padding = String(repeating: "x", count: count - lines.utf8.count - 4)
    let body = Array(form(lines + padding).utf8)
    for pieces in [[body], body.map { [$0] }] {
      let refused = problem { _ = try parts(pieces) }
      #expect(
        refused?.detail
          == (fits ? nil : "The headers of a multipart part are longer than 8192 bytes."))
    }
  }

  @Test(arguments: [
    (8192, true), (8193, false),
  ])
  func thePreambleIsLimited(count: Int, fits: Bool) {
    let body = Array((String(repeating: "x", count: count) + "\r\n--b--").utf8)
    for pieces in [[body], body.map { [$0] }] {
      let refused = problem { _ = try parts(pieces) }
      #expect(
        refused?.detail == (fits ? nil : "The multipart body does not begin with its boundary."))
    }
  }
}
