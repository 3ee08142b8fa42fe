import S3
import Support
import Testing

/// Compares our signatures with those of botocore, AWS's own client, for many keys.
@Suite struct BotocoreTests {
  private static let keys = [
    "plain.jpg", "a/b/c.png", "with space", " leading", "trailing ", "plus+sign", "a~b", "a%20b",
    "100%", "a=b&c=d", "question?mark", "hash#tag", "quote\"'`", "brackets[](){}<>", "semi;colon,",
    "at@dollar$bang!", "star*pipe|caret^", "back\\slash", "ünïcödé", "cafe\u{301}", "caf\u{e9}",
    "日本/写真.jpg", "🦊.gif", "عربى", "double//slash", "dir/", "a:b", "tab\there", "_-.", "…",
  ]

  /// Prints a line per request: its time and its signature.
  private static let script = """
    import calendar, re, sys, time
    import boto3
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.config import Config
    from botocore.credentials import Credentials
    access, secret, bucket, endpoint, style, *keys = sys.argv[1:]
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4", s3={"addressing_style": style}))
    def epoch(stamp):
        return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    def presigned(call, key, **more):
        address = client.generate_presigned_url(
            call, Params={"Bucket": bucket, "Key": key, **more}, ExpiresIn=900)
        print(epoch(re.search("X-Amz-Date=(\\\\w+)", address)[1]), address)
        return address
    for key in keys:
        bare = presigned("get_object", key).partition("?")[0]
        presigned(
            "get_object", key, ResponseContentType="image/png",
            ResponseContentDisposition='attachment; filename="é + ü.png"')
        presigned("put_object", key, ContentType="image/jpeg")
        presigned("put_object", key, ContentType="text/plain;  charset=utf-8", ContentLength=123)
        request = AWSRequest(method="HEAD", url=bare)
        S3SigV4Auth(Credentials(access, secret), "s3", "eu-central-1").add_auth(request)
        print(epoch(request.context["timestamp"]), request.headers["Authorization"])
    """

  @Test(arguments: [
    ("https://s3.eu-central-1.amazonaws.com", "virtual"),
    ("https://s3.eu-central-1.amazonaws.com", "path"),
    ("https://storage.example:9000", "path"), ("https://storage.example:443", "path"),
  ])
  func signaturesEqualThoseOfBotocore(endpoint: String, style: String) throws {
    let signer = try S3Signer(
      S3Configuration(
        endpoint: endpoint, region: "eu-central-1", bucket: Store.bucket,
        accessKey: Store.accessKey, secretKey: Store.secretKey, pathStyle: style == "path"))
    let lines = try reference(endpoint, style)
    let width = Self.permissions.count + 1
    try #require(lines.count == Self.keys.count * width)
    for (index, key) in Self.keys.enumerated() {
      let lines = lines[(index * width)...]
      for (permission, line) in zip(Self.permissions, lines) {
        let address = try signer.presign(permission, key: key, expires: 900, at: line.seconds)
        #expect(sorted(address) == sorted(line.text), "\(key)")
      }
      let line = lines[index * width + width - 1]
      let own = try signer.sign("HEAD", key: key, at: line.seconds)
      #expect(own.headers.last?.value == line.text.replacing(", ", with: ","), "\(key)")
    }
  }

  private static let permissions: [S3Permission] = [
    .get(),
    .get(contentType: "image/png", disposition: "attachment; filename=\"é + ü.png\""),
    .put(contentType: "image/jpeg"),
    .put(contentType: "text/plain;  charset=utf-8", length: 123),
  ]

  private func reference(
    _ endpoint: String, _ style: String
  ) throws -> [(seconds: Int, text: String)] {
    let run = try Program.run(
      [
        Python.withMoto.get(), "-c", Self.script, Store.accessKey, Store.secretKey, Store.bucket,
        endpoint, style,
      ] + Self.keys, seconds: 120)
    guard run.code == 0 else { throw Missing(description: run.errors) }
    return try run.text.split(separator: "\n").map { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return (try #require(words.first.flatMap { Int($0) }), String(try #require(words.last)))
    }
  }

  /// The parts of an address in a fixed order, without the default port: the signed host has none,
  /// and the order of parameters does not matter.
  private func sorted(_ whole: String) -> [Substring] {
    let address = whole.replacing(":443/", with: "/")
    let parts = address.split(separator: "?", maxSplits: 1)
    return parts.prefix(1) + (parts.last ?? "").split(separator: "&").sorted()
  }
}
