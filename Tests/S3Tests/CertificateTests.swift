import S3
import Support
import Testing

/// The certificates that the client accepts for the store.
@Suite struct CertificateTests {
  @Test func onlyATrustedCertificateOfTheHostIsAccepted() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let pem = "\(directory.path)/both.pem"
    let made = try Program.run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
      "-keyout", pem, "-out", "\(directory.path)/certificate.pem",
    ])
    try #require(made.code == 0, "\(made.errors)")
    let key = String(decoding: try Files.bytes(pem), as: UTF8.self)
    let certificate = String(
      decoding: try Files.bytes("\(directory.path)/certificate.pem"), as: UTF8.self)
    try directory.write("both.pem", key + certificate)
    let server = try PythonServer(rogueScript, [pem])
    let authority = "\(directory.path)/certificate.pem"

    #expect(try head(server, "localhost", authority) == 4)
    #expect(try head(server, "localhost", nil) == nil)
    #expect(try head(server, "127.0.0.1", authority) == nil)
    #expect(try head(server, "localhost", "\(directory.path)/none.pem") == nil)
  }

  /// The size of the server's object; nil when the client does not trust the server.
  private func head(_ server: PythonServer, _ host: String, _ authority: String?) throws -> Int? {
    let client = try S3Client(
      Store.configuration(
        port: server.port, host: host, scheme: "https", authority: authority))
    do {
      return try client.head("good")?.size
    } catch .untrusted {
      return nil
    }
  }
}
