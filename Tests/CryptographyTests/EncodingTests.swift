import Cryptography
import Testing

@Suite("Hexadecimal and Base64 encoding")
struct EncodingTests {
  @Test func hexadecimalSurvivesARoundTrip() {
    let all = (UInt8.min...UInt8.max).map { $0 }
    let text = Hex.encode(all)
    #expect(text.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
    #expect(text.hasSuffix("fdfeff"))
    #expect(Hex.decode(text) == all)
    #expect(Hex.decode(text.uppercased()) == all)
    #expect(Hex.encode([]) == "")
    #expect(Hex.decode("") == [])
  }

  @Test(arguments: ["0", "000", "0g", " 00", "00 ", "０0", "é", "0\u{0}", "+1", "-1", "0x"])
  func otherTextIsNotHexadecimal(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  // RFC 4648, section 10, without padding; and bytes that need the two letters of the URL alphabet.
  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
    ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func base64AsInRFC4648(text: String, encoded: String) {
    #expect(Base64URL.encode(Array(text.utf8)) == encoded)
  }

  @Test func base64UsesTheURLAlphabet() {
    #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
    #expect(Base64URL.encode([0xFF]) == "_w")
    #expect(Base64URL.encode([0x14, 0xFB, 0x9C, 0x03, 0xD9, 0x7E]) == "FPucA9l-")
  }

  @Test func randomBytesDiffer() {
    let many = (0..<100).map { _ in Random.bytes(32) }
    #expect(Set(many).count == 100)
    #expect(many.allSatisfy { $0.count == 32 })
    #expect(Random.bytes(0).isEmpty)
  }
}
