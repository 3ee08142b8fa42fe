import Glibc
import S3
import Support

/// The store of these tests: one moto for all, with different keys for each.
enum Store {
  static let accessKey = "AKIAASSAYTESTS"
  static let secretKey = "wJalr/XUtnFEMI+K7MDENG"
  static let bucket = "assay-pictures"

  private static let server = Result {
    try PythonServer(
      storeScript, [accessKey, secretKey, bucket], python: Python.withMoto.get())
  }

  static func configuration(
    port: Int? = nil, host: String = "127.0.0.1", secretKey: String = Store.secretKey,
    scheme: String = "http", authority: String? = nil
  ) throws -> S3Configuration {
    let port = try port ?? server.get().port
    return try S3Configuration(
      endpoint: "\(scheme)://\(host):\(port)", region: "us-east-1", bucket: bucket,
      accessKey: accessKey, secretKey: secretKey, pathStyle: true, authority: authority)
  }

  static func client() throws -> S3Client { try S3Client(configuration()) }

  static func signer() throws -> S3Signer { try S3Signer(configuration()) }

  /// Sends bytes as a browser does; returns the status.
  static func put(
    _ text: String, to address: String, contentType: String, method: String = "PUT"
  ) throws -> Int {
    let answer = try Program.run(
      [
        "curl", "--silent", "--show-error", "--globoff", "--path-as-is", "--noproxy", "*",
        "--request", method, "--header", "Content-Type: \(contentType)", "--data-binary", "@-",
        "--output", "/dev/null", "--write-out", "%{http_code}", address,
      ], input: Array(text.utf8))
    guard answer.code == 0, let status = Int(answer.text) else {
      throw Missing(description: "curl ended with \(answer.code): \(answer.errors)")
    }
    return status
  }

  /// Fetches an address; returns head and body as curl prints them.
  static func get(_ address: String) throws -> WebAnswer {
    let answer = try Program.run([
      "curl", "--silent", "--show-error", "--globoff", "--path-as-is", "--noproxy", "*",
      "--include", address,
    ])
    return try WebAnswer(parsing: answer.output)
  }
}

/// A file without a name, as the target of a download.
struct NamelessFile: ~Copyable {
  let descriptor: Int32

  init() {
    var template = Array("/tmp/assay-s3-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    unlink(template)
  }

  deinit { close(descriptor) }

  var text: String {
    var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
