import Glibc
import HTTP
import Support
import Testing

extension EndToEnd {
  /// Slow uploads to a site whose window is one second instead of thirty.
  @Suite struct SlowUploadTests {
    private let instance: Instance

    init() throws { instance = try Self.shared.get() }

    private static let shared = Result { try Instance(settings: ["ASSAY_UPLOAD_WINDOW": "1"]) }

    enum Kind: CaseIterable { case form, chunkedForm, announced }

    /// The head of an upload.
    private func head(_ kind: Kind, _ token: String) throws -> [UInt8] {
      var lines: [String]
      switch kind {
      case .form, .chunkedForm:
        let length =
          kind == .form ? "Content-Length: \(100 << 20)" : "Transfer-Encoding: chunked"
        lines = [
          "POST /api/upload HTTP/1.1", "Content-Type: multipart/form-data; boundary=x",
          "Authorization: Bearer \(token)", length,
        ]
      case .announced:
        lines = [
          "PUT \(try announce()) HTTP/1.1", "Content-Type: image/png", "Content-Length: 1000000",
        ]
      }
      lines += ["Host: localhost", "Expect: 100-continue"]
      return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Announces a file; returns the path for its PUT.
    private func announce() throws -> String {
      let ticket = try #require(try Job(instance).announce(["a.png"]).first)
      let url = try ticket["url"].string
      return "/" + (url.split(separator: "/", maxSplits: 2).last ?? "")
    }

    /// Sends one byte a second until nginx ends it; returns nginx's answer.
    private func drip(_ kind: Kind, _ wire: borrowing Wire) throws -> WebAnswer {
      let piece = Array((kind == .chunkedForm ? "1\r\na\r\n" : "a").utf8)
      for _ in 0..<30 {
        wire.send(piece)
        if let bytes = try? wire.receive(), !bytes.isEmpty { return try WebAnswer(parsing: bytes) }
      }
      throw Unexpected(description: "nginx still reads")
    }

    @Test(arguments: Kind.allCases) func aTooSlowBodyIsEnded(_ kind: Kind) throws {
      let wire = try Wire(port: instance.ports.plain, seconds: 1)
      wire.send(try head(kind, instance.token(.customer)))
      #expect(try wire.nextLine() == "HTTP/1.1 100 Continue")
      let answer = try drip(kind, wire)
      expectProblem(answer, 408)
      #expect(answer.header("connection") == "close")
      try instance.wait(for: "the end of the temporary file") {
        try ["store/arriving", "nginx/temporary/body"].allSatisfy {
          try Files.names(in: "\(instance.state)/\($0)").isEmpty
        }
      }
    }

    @Test(arguments: Kind.allCases) func aTooSlowStreamIsEnded(_ kind: Kind) throws {
      let answer = try stream(kind, length: 1_000_000, size: 1, pause: 0.5, pieces: 60)
      #expect(answer.status == 408)
      #expect(try answer.json.keys == ["detail", "request_id"])
    }

    /// Sends a body over HTTP/2, piece by piece.
    private func stream(
      _ kind: Kind, length: Int, size: Int, pause: Double, pieces: Int
    ) throws -> (status: Int, json: JSON) {
      var headers = ["content-type": "multipart/form-data; boundary=x"]
      if kind == .announced { headers["content-type"] = "image/png" }
      if kind != .announced {
        headers["authorization"] = "Bearer \(try instance.token(.customer))"
      }
      if kind != .chunkedForm { headers["content-length"] = "\(length)" }
      let fields = headers.map { #""\#($0)": "\#($1)""# }.joined(separator: ", ")
      let target = kind == .announced ? ["PUT", try announce()] : ["POST", "/api/upload"]
      let finished = try Program.run(
        [
          Python.withHTTP2.get(), "-c", Python.slowRequest, "\(instance.ports.tls)",
          instance.settings["ASSAY_CA", default: ""],
        ] + target + ["\(size)", "\(pause)", "\(pieces)"], input: Array("{\(fields)}".utf8))
      let words = finished.text.split(separator: " ", maxSplits: 1)
      guard let status = words.first.flatMap({ Int($0) }) else {
        throw Unexpected(description: "no answer: \(finished.text) \(finished.errors)")
      }
      let body = words.count > 1 ? words[1].filter { $0 != "\n" } : ""
      return (status, try JSON(parsing: Array((body.isEmpty ? "null" : body).utf8)))
    }

    /// The ninth upload of an account would be refused if the eight ended ones still counted.
    @Test func endedUploadsFreeTheirPlaces() throws {
      let token = try instance.token(.universal)
      var uploads: [Held] = []
      for _ in 0..<8 { uploads.append(try Held(head(.form, token), instance)) }
      for upload in uploads { #expect(try upload.wire.nextLine() == "HTTP/1.1 100 Continue") }
      for upload in uploads {
        expectProblem(try WebAnswer(parsing: upload.wire.receive()), 408)
      }
      uploads = []
      try instance.wait(for: "a free place") {
        try Job(instance, token: token).upload([try picture()]).status == 200
      }
    }

    /// An upload that is slow for several windows, but faster than the minimum.
    @Test func aSlowBodyAboveTheMinimumRateArrives() throws {
      let bytes = Pictures.png(seed: UInt64.random(in: 0...UInt64.max), width: 200, height: 200)
      let wire = try Wire(instance)
      let lines = [
        "PUT \(try announce()) HTTP/1.1", "Host: localhost", "Connection: close",
        "Content-Type: image/png", "Content-Length: \(bytes.count)",
      ]
      wire.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
      for start in stride(from: 0, to: bytes.count, by: 1500) {
        wire.send(Array(bytes[start..<min(start + 1500, bytes.count)]))
        usleep(100_000)
      }
      #expect(try WebAnswer(parsing: wire.receive()).status == 201)
    }

    @Test func aSlowStreamAboveTheMinimumRateArrives() throws {
      let answer = try stream(.announced, length: 30_000, size: 1500, pause: 0.1, pieces: 20)
      #expect(answer.status == 201)
    }

    private func picture() throws -> WebFile {
      let seed = UInt64.random(in: 0...UInt64.max)
      return WebFile("a.png", at: try instance.file(Pictures.png(seed: seed)))
    }

    /// A connection with a running upload.
    private final class Held {
      let wire: Wire

      init(_ head: [UInt8], _ instance: Instance) throws {
        wire = try Wire(instance)
        wire.send(head)
      }
    }
  }
}
