import HTTP
import Testing

/// A request of CGI parameters and a body, whose reads return at most `chunk` bytes.
final class Scripted: RequestSource {
  private let parameters: [String: String]
  private var rest: ArraySlice<UInt8>
  private let chunk: Int

  init(_ parameters: [String: String], body: [UInt8] = [], chunk: Int = .max) {
    self.parameters = parameters
    self.chunk = chunk
    rest = body[...]
  }

  func parameter(_ name: String) -> String? { parameters[name] }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = rest.prefix(min(chunk, buffer.count))
    buffer.copyBytes(from: piece)
    rest = rest.dropFirst(piece.count)
    return piece.count
  }
}

extension Request {
  static func get(_ target: String, _ headers: [String: String] = [:]) -> Request {
    var parameters = headers
    parameters["REQUEST_METHOD"] = "GET"
    parameters["REQUEST_URI"] = target
    return Request(Scripted(parameters), id: "test")
  }

  /// A request whose declared length may differ from the real one.
  static func post(
    _ body: [UInt8], type: String? = "application/json", declared: Int? = nil, chunk: Int = .max
  ) -> Request {
    var parameters = ["REQUEST_METHOD": "POST", "REQUEST_URI": "/"]
    parameters["CONTENT_TYPE"] = type
    parameters["CONTENT_LENGTH"] = String(declared ?? body.count)
    return Request(Scripted(parameters, body: body, chunk: chunk), id: "test")
  }
}

/// The problem that `work` throws; nil when it throws none.
func problem(_ work: () throws -> Void) -> Problem? {
  do {
    try work()
    return nil
  } catch {
    return error as? Problem
  }
}

/// Expects that `work` throws a problem with this status and, if given, this sentence.
func expectProblem(
  _ status: Int, _ detail: String? = nil, at place: SourceLocation = #_sourceLocation,
  _ work: () throws -> Void
) {
  let refused = problem(work)
  #expect(refused?.status == status, sourceLocation: place)
  if let detail { #expect(refused?.detail == detail, sourceLocation: place) }
}

extension JSON {
  init(_ text: String) throws(Problem) { try self.init(parsing: Array(text.utf8)) }
}

extension JSONWriter {
  /// The written text.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
