import S3
import Testing

/// The examples of AWS's own documentation of Signature Version 4 for Amazon S3.
@Suite struct PublishedVectorTests {
  private static let signature = SignatureV4(
    accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1")
  private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  /// 2013-05-24T00:00:00Z.
  private static let day = 1_369_353_600

  @Test func aPresignedGetMatches() throws {
    let configuration = try S3Configuration(
      endpoint: "https://s3.amazonaws.com", region: "us-east-1", bucket: "examplebucket",
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      pathStyle: false)
    let address = try S3Signer(configuration).presign(
      .get(), key: "test.txt", expires: 86400, at: Self.day)
    let expected =
      "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
      + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
      + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
      + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    #expect(address == expected)
  }

  @Test func aGetWithARangeMatches() {
    expect(
      "GET", "/test.txt", headers: [("Range", "bytes=0-9")],
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test func aPutMatches() {
    expect(
      "PUT", "/test%24file.text",
      headers: [
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ],
      payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
  }

  @Test func aParameterWithoutValueMatches() {
    expect(
      "GET", "/", query: [("lifecycle", "")],
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
  }

  @Test func aListMatches() {
    expect(
      "GET", "/", query: [("prefix", "J"), ("max-keys", "2")],
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  private func expect(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], payload: String = nothing, _ signature: String
  ) {
    let own = [
      ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
      ("x-amz-content-sha256", payload),
    ]
    let request = SignatureV4.Request(
      method, path: path, query: query, headers: headers + own, payload: payload)
    let line = Self.signature.authorization(request, at: Self.day)
    #expect(line.hasSuffix(",Signature=\(signature)"))
  }
}
