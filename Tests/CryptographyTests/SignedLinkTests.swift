import Cryptography
import Testing

@Suite("Signed links")
struct SignedLinkTests {
  // printf '2147483647/media/ab.png secret key' | openssl md5 -binary | openssl base64 | tr +/ -_
  @Test func theSignatureEqualsThatOfNginx() {
    let query = SignedLink.query(path: "/media/ab.png", expires: 2_147_483_647, key: "secret key")
    #expect(query == "expires=2147483647&sig=mxiM_eItPO5Nmt19u2WNzA")
  }

  @Test func everyPartChangesTheSignature() {
    let links = [
      SignedLink.query(path: "/media/a", expires: 1, key: "key"),
      SignedLink.query(path: "/media/b", expires: 1, key: "key"),
      SignedLink.query(path: "/media/a", expires: 2, key: "key"),
      SignedLink.query(path: "/media/a", expires: 1, key: "kex"),
    ]
    #expect(Set(links.map { $0.suffix(22) }).count == links.count)
  }
}
