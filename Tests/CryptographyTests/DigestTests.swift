import Cryptography
import Testing

@Suite("Digests")
struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func sha256AsInFIPS180(text: String, digest: String) {
    #expect(Hex.encode(SHA256.digest(text.utf8)) == digest)
  }

  @Test(arguments: [1, 3, 63, 64, 65, 1000])
  func sha256InPiecesIsTheSame(length: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let hash = SHA256()
    for start in stride(from: 0, to: bytes.count, by: length) {
      bytes[start..<min(start + length, bytes.count)].withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.finish() == SHA256.digest(bytes))
  }

  @Test func hmacAsInRFC4231() {
    let first = HMAC.sha256("Hi There", key: [UInt8](repeating: 0x0b, count: 20))
    #expect(
      Hex.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    let second = HMAC.sha256("what do ya want for nothing?", key: Array("Jefe".utf8))
    #expect(
      Hex.encode(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let longKey = HMAC.sha256(
      "Test Using Larger Than Block-Size Key - Hash Key First",
      key: [UInt8](repeating: 0xaa, count: 131))
    #expect(
      Hex.encode(longKey) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test func codesAreComparedCompletely() {
    #expect(HMAC.equal([1, 2, 3], [1, 2, 3]))
    #expect(!HMAC.equal([1, 2, 3], [1, 2, 4]))
    #expect(!HMAC.equal([1, 2, 3], [1, 2]))
    #expect(!HMAC.equal([], [1]))
  }

  @Test func aDigestIsItsBytes() {
    let bytes = (0..<32).map { UInt8($0 * 8 + 1) }
    let digest = Digest(bytes)
    #expect(digest?.bytes == bytes)
    #expect(digest.map { "\($0)" } == Hex.encode(bytes))
    #expect(Digest(hex: Hex.encode(bytes)) == digest)
    #expect(Digest(Array(bytes.dropLast())) == nil && Digest(hex: "0g") == nil)
  }

  /// PostgreSQL compares byte by byte, and lists that are paged by digests need the same order.
  @Test(arguments: [0, 7, 8, 15, 16, 24, 31]) func digestsAreOrderedByTheirBytes(_ place: Int) {
    var bytes = [UInt8](repeating: 0x7F, count: 32)
    let digest = Digest(bytes)
    bytes[place] = 0x80
    if place < 31 { bytes[place + 1] = 0 }
    let inOrder = [Digest.zero, digest, Digest(bytes)].compactMap(\.self)
    #expect(inOrder.count == 3)
    #expect(inOrder.reversed().sorted() == inOrder)
  }
}
