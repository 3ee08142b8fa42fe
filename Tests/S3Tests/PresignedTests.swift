import Glibc
import S3
import Support
import Testing

/// Signed addresses that others use, with a store that checks them.
@Suite struct PresignedTests {
  @Test func aFileIsStoredAndFetched() throws {
    let signer = try Store.signer()
    let key = "presigned/a b+c~ü.jpg"
    let put = try signer.presign(
      .put(contentType: "image/jpeg"), key: key, expires: 60, at: time(nil))
    #expect(try Store.put("pixels", to: put, contentType: "image/jpeg") == 200)
    // moto ignores the requested type, but the gate checks that it is signed.
    let get = try signer.presign(
      .get(contentType: "image/png", disposition: "inline; filename=\"a.png\""), key: key,
      expires: 60, at: time(nil))
    let answer = try Store.get(get)
    #expect(answer.status == 200)
    #expect(answer.text == "pixels")
  }

  @Test func anotherTypeIsRefused() throws {
    try expectRefusal("presigned/type", sending: "text/html") { $0 }
  }

  @Test func anotherMethodIsRefused() throws {
    try expectRefusal("presigned/method", method: "DELETE") { $0 }
  }

  @Test func anotherKeyIsRefused() throws {
    try expectRefusal("presigned/key") { $0.replacing("presigned/key", with: "presigned/other") }
    #expect(try Store.client().head("presigned/other") == nil)
  }

  @Test func anotherLifetimeIsRefused() throws {
    try expectRefusal("presigned/life") {
      $0.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=600")
    }
  }

  @Test func anotherSignatureIsRefused() throws {
    try expectRefusal("presigned/sig") { $0.dropLast() + ($0.hasSuffix("0") ? "1" : "0") }
  }

  @Test func anExpiredAddressIsRefused() throws {
    try expectRefusal("presigned/expired", at: time(nil) - 61) { $0 }
  }

  @Test func anotherSecretIsRefused() throws {
    let signer = try S3Signer(Store.configuration(secretKey: "another"))
    let address = try signer.presign(
      .put(contentType: "image/jpeg"), key: "presigned/secret", expires: 60, at: time(nil))
    #expect(try Store.put("pixels", to: address, contentType: "image/jpeg") == 403)
  }

  @Test(arguments: [("pixels", 200), ("pixel", 403), ("pixels!", 403)])
  func anExactSizeCanBeDemanded(text: String, status: Int) throws {
    let address = try Store.signer().presign(
      .put(contentType: "image/jpeg", length: 6), key: "presigned/size\(text.utf8.count)",
      expires: 60, at: time(nil))
    #expect(try Store.put(text, to: address, contentType: "image/jpeg") == status)
  }

  @Test(arguments: [(0, 1), (-5, 1), (604_801, 604_800), (900, 900)])
  func theLifetimeIsLimited(asked: Int, given: Int) throws {
    let address = try Store.signer().presign(.get(), key: "a", expires: asked, at: 0)
    #expect(address.contains("&X-Amz-Date=19700101T000000Z&X-Amz-Expires=\(given)&"))
  }

  /// Clients remove segments of dots, and would reach another key than the signed one.
  @Test(arguments: ["", "..", "a/../b", "./a", "a/.", String(repeating: "a", count: 1025)])
  func aBadKeyIsNotSigned(key: String) throws {
    let signer = try Store.signer()
    #expect(throws: S3Error.badKey) {
      try signer.presign(.get(), key: key, expires: 60, at: 0)
    }
    #expect(throws: S3Error.badKey) { try signer.sign("DELETE", key: key, at: 0) }
  }

  @Test(arguments: ["a", "...", "a..b/.c", String(repeating: "a", count: 1024)])
  func anyOtherKeyIsSigned(key: String) throws {
    let address = try Store.signer().presign(.get(), key: key, expires: 60, at: 0)
    #expect(address.contains("/\(Store.bucket)/\(key)?"))
  }

  private func expectRefusal(
    _ key: String, method: String = "PUT", sending contentType: String = "image/jpeg",
    at seconds: Int = time(nil), tampered: (String) -> String
  ) throws {
    let address = try Store.signer().presign(
      .put(contentType: "image/jpeg"), key: key, expires: 60, at: seconds)
    let status = try Store.put(
      "pixels", to: tampered(address), contentType: contentType, method: method)
    #expect(status == 403)
    #expect(try Store.client().head(key) == nil)
  }
}
