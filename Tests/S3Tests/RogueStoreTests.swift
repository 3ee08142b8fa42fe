import Glibc
import S3
import Support
import Testing

/// A store that is slow, broken or hostile.
@Suite struct RogueStoreTests {
  private static let server = Result { try PythonServer(rogueScript) }

  @Test(arguments: ["silent", "stalled", "dripping"])
  func aSlowStoreTimesOut(name: String) throws {
    let hasty = S3Timeouts(connect: 5, stall: 2, answer: 1, download: 3)
    #expect(try fault(name, timeouts: hasty) == .timedOut)
  }

  @Test func aSlowHeadTimesOut() throws {
    let client = try client(S3Timeouts(connect: 5, stall: 60, answer: 1, download: 60))
    #expect(throws: S3Error.timedOut) { try client.head("silent") }
    #expect(throws: S3Error.timedOut) { try client.delete("silent") }
  }

  @Test func bytesBeyondTheLimitAreRefused() throws {
    let file = NamelessFile()
    #expect(throws: S3Error.tooLarge(limit: 10_000)) {
      try client().download("flood", to: file.descriptor, limit: 10_000)
    }
    #expect(file.text.utf8.count <= 10_000)
  }

  @Test func anObjectDeclaredTooLargeIsNotWritten() throws {
    let file = NamelessFile()
    #expect(throws: S3Error.tooLarge(limit: 10_000)) {
      try client().download("large", to: file.descriptor, limit: 10_000)
    }
    #expect(file.text == "")
  }

  @Test(arguments: ["short", "lengthless", "heads", "noise", "silence"])
  func aBrokenAnswerIsAnError(name: String) throws {
    guard case .broken = try fault(name) else {
      Issue.record("\(name) is taken")
      return
    }
  }

  /// A request to its target would succeed.
  @Test func aRedirectIsNotFollowed() throws {
    #expect(try fault("elsewhere") == .redirected(status: 307))
    #expect(throws: S3Error.redirected(status: 307)) { try client().head("elsewhere") }
  }

  @Test(arguments: [
    ("busy", S3Error.busy(status: 503)),
    ("bucketless", .refused(status: 404, code: "NoSuchBucket")),
    ("odd", .refused(status: 418, code: "")),
    ("endless", .refused(status: 500, code: "InternalError")),
  ])
  func everyRefusalHasItsError(name: String, error: S3Error) throws {
    #expect(try fault(name) == error)
    #expect(throws: error) { try client().delete(name) }
  }

  @Test func aRefusalIsASentence() {
    #expect(S3Error.denied(code: "").description == "The object store denied access.")
    #expect(
      S3Error.denied(code: "NoKey").description == "The object store denied access: NoKey.")
    #expect(S3Error.refused(status: 418, code: "").description == "The object store answered 418.")
    #expect(
      S3Error.refused(status: 500, code: "Oops").description
        == "The object store answered 500 Oops.")
  }

  @Test(arguments: ["good", "interim", "packed"])
  func bytesInAnyPiecesAreRead(name: String) throws {
    let file = NamelessFile()
    let object = try client().download(name, to: file.descriptor, limit: 4)
    #expect(object.size == 4)
    #expect(object.etag == "e")
    #expect(object.contentType == "image/png")
    #expect(file.text == "good")
  }

  @Test func aClientSurvivesAFailure() throws {
    let client = try client()
    #expect(throws: S3Error.self) { try client.head("silence") }
    #expect(try client.head("good")?.size == 4)
  }

  /// The port is reserved for the test, and nobody listens on it.
  @Test func aClosedPortIsUnreachable() throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, size)
        _ = getsockname(socket, $0, &size)
      }
    }
    let port = Int(address.sin_port.bigEndian)
    let client = try S3Client(Store.configuration(port: port))
    guard case .unreachable = #expect(throws: S3Error.self, performing: { try client.head("a") })
    else {
      Issue.record("somebody answers")
      return
    }
  }

  private func client(_ timeouts: S3Timeouts = S3Timeouts()) throws -> S3Client {
    try S3Client(Store.configuration(port: Self.server.get().port), timeouts: timeouts)
  }

  private func fault(_ key: String, timeouts: S3Timeouts = S3Timeouts()) throws -> S3Error? {
    let client = try client(timeouts)
    let file = NamelessFile()
    return #expect(throws: S3Error.self) {
      try client.download(key, to: file.descriptor, limit: 1 << 20)
    }
  }
}
