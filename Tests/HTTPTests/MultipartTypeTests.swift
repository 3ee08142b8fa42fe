import HTTP
import Testing

@Suite struct MultipartTypeTests {
  @Test(arguments: [
    ("multipart/form-data; boundary=b", "b"),
    ("Multipart/Form-Data ;BOUNDARY=b", "b"),
    ("multipart/form-data;charset=utf-8; boundary=\"b\" ; x=y;", "b"),
    ("multipart/form-data; boundary=\"a b\"", "a b"),
    ("multipart/form-data; boundary=----=_Part_1/2:3?", "----=_Part_1/2:3?"),
    ("multipart/form-data; boundary='()+_,-./:=?", "'()+_,-./:=?"),
    (
      "multipart/form-data; boundary=" + String(repeating: "x", count: 70),
      String(repeating: "x", count: 70)
    ),
  ])
  func validBoundariesAreAccepted(type: String, boundary: String) throws {
    let body = form("Content-Disposition: form-data; name=a")
      .replacing("--b", with: "--" + boundary)
    #expect(try parts(body, type: type).map(\.text) == ["x"])
  }

  @Test(arguments: [
    "", "; boundary=b", "multipart/form-dat; boundary=b", "multipart/mixed; boundary=b",
    "application/json", "multipart/form-data, x; boundary=b",
  ])
  func otherContentTypesAreRefused(type: String) {
    let refused = problem { _ = try MultipartParser(contentType: type) }
    #expect(refused?.status == 415)
    #expect(refused?.detail == "The body must be multipart/form-data.")
  }

  @Test(arguments: [
    "multipart/form-data", "multipart/form-data;", "multipart/form-data; boundary",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
    "multipart/form-data; boundary=\"b", "multipart/form-data; boundary=\"b \"",
    "multipart/form-data; boundary=b; boundary=c", "multipart/form-data; boundary=b\u{e9}",
    "multipart/form-data; boundary=\"b\"c", "multipart/form-data; boundary=\"b\\\"\"",
    "multipart/form-data; boundary=b\r\nc", "multipart/form-data; boundary=b@c",
    "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
  ])
  func invalidBoundariesAreRefused(type: String) {
    let refused = problem { _ = try MultipartParser(contentType: type) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The Content-Type header has no valid boundary.")
  }
}
