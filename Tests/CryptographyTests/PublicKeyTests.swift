import Cryptography
import Testing

@Suite("Public keys")
struct PublicKeyTests {
  /// The key of RFC 6979, A.2.5.
  private static let (x, y) = (
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
  )

  private func key() throws -> PublicKey {
    let (x, y) = (try #require(Hex.decode(Self.x)), try #require(Hex.decode(Self.y)))
    return try #require(PublicKey(x: x, y: y))
  }

  /// A message, and both numbers of its signature as RFC 6979 makes it; the first two are published.
  ///
  /// The numbers begin with 1 bits, with 0 bits, or with a byte of 0.
  private static let signatures = [
    (
      "sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    ),
    (
      "test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
    ),
    (
      "3", "2e503c020143b818802822e2088f2e479bcf5df12074a5ab6ade62e3294e4636",
      "555ec06096712426f612aa522884ae333c3a4791cfaa47d7c041b734d69c94de"
    ),
    (
      "192", "e9ad937bdbe95ea89251bc94492eb0c0c4294b535767e4b11461b5a3aa31927b",
      "0006c67bed7318cdc11cfdd1154d763f35298856c65f796c807efe7fbace64c2"
    ),
    (
      "281", "00b90dab5b04415f83c172342c846e03cbda843b2d074e4783a1c9761c7c71e1",
      "2e6f4e00016c725df0c8ae84b36230aaceb69afa625442551852d8cdfad65467"
    ),
  ]

  @Test(arguments: signatures)
  func numbersOfAnyLengthVerify(message: String, r: String, s: String) throws {
    let key = try key()
    let signature = try #require(Hex.decode(r + s))
    #expect(key.verifies(signature, of: Array(message.utf8)))
    #expect(!key.verifies(signature, of: Array((message + " ").utf8)))
    for forged in [
      Array(signature.suffix(32) + signature.prefix(32)), Array(signature.dropLast()),
      signature + [0], [], [UInt8](repeating: 0, count: 64), [UInt8](repeating: 255, count: 64),
    ] { #expect(!key.verifies(forged, of: Array(message.utf8))) }
  }
}
