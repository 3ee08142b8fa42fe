import Glibc
import S3
import Support
import Testing

/// Our own requests to a store that checks their signatures.
@Suite struct ClientTests {
  @Test(arguments: ["plain", "with space+plus~tilde", "日本/写真 ü.jpg", "100%?&#=", "a//b"])
  func anObjectIsFoundFetchedAndDeleted(name: String) throws {
    let key = "client/\(name)"
    try store("pixels", under: key)
    let client = try Store.client()
    let object = try #require(try client.head(key))
    #expect(object.size == 6)
    #expect(object.contentType == "image/jpeg")
    // printf pixels | md5sum
    #expect(object.etag == "d399848208da8b80a306af0fd62bb03f")
    let file = NamelessFile()
    #expect(try client.download(key, to: file.descriptor, limit: 6) == object)
    #expect(file.text == "pixels")
    try client.delete(key)
    #expect(try client.head(key) == nil)
  }

  @Test func aMissingObjectIsReported() throws {
    let client = try Store.client()
    #expect(try client.head("client/missing") == nil)
    try client.delete("client/missing")
    let file = NamelessFile()
    #expect(throws: S3Error.missing) {
      try client.download("client/missing", to: file.descriptor, limit: 100)
    }
    #expect(file.text == "")
  }

  @Test func aTooLargeObjectIsNotFetched() throws {
    try store("pixels", under: "client/large")
    let file = NamelessFile()
    #expect(throws: S3Error.tooLarge(limit: 5)) {
      try Store.client().download("client/large", to: file.descriptor, limit: 5)
    }
    #expect(file.text == "")
  }

  @Test func anEmptyObjectIsFetched() throws {
    try store("", under: "client/empty")
    let file = NamelessFile()
    #expect(try Store.client().download("client/empty", to: file.descriptor, limit: 0).size == 0)
  }

  @Test func bytesAreWrittenAtTheFileOffset() throws {
    try store("pixels", under: "client/appended")
    let file = NamelessFile()
    #expect(write(file.descriptor, "two ", 4) == 4)
    try Store.client().download("client/appended", to: file.descriptor, limit: 6)
    #expect(file.text == "two pixels")
  }

  @Test func aFullDiskIsReported() throws {
    try store("pixels", under: "client/full")
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    #expect(throws: S3Error.cannotWrite(ENOSPC)) {
      try Store.client().download("client/full", to: full, limit: 6)
    }
  }

  @Test func aWrongSecretIsDenied() throws {
    let client = try S3Client(Store.configuration(secretKey: "another"))
    let file = NamelessFile()
    #expect(throws: S3Error.denied(code: "SignatureDoesNotMatch")) {
      try client.download("client/secret", to: file.descriptor, limit: 5)
    }
    #expect(throws: S3Error.denied(code: "")) { try client.head("client/secret") }
    #expect(throws: S3Error.denied(code: "SignatureDoesNotMatch")) {
      try client.delete("client/secret")
    }
  }

  @Test func aBadKeyDoesNotReachTheBucket() throws {
    let client = try Store.client()
    #expect(throws: S3Error.badKey) { try client.delete("") }
    #expect(throws: S3Error.badKey) { try client.head("..") }
  }

  private func store(_ text: String, under key: String) throws {
    let address = try Store.signer().presign(
      .put(contentType: "image/jpeg"), key: key, expires: 60, at: time(nil))
    #expect(try Store.put(text, to: address, contentType: "image/jpeg") == 200)
  }
}
