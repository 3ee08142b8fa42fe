import HTTP
import Support
import Testing

/// Tests of the whole service over HTTPS; one at a time, because many disturb the service.
@Suite(.serialized) enum EndToEnd {}

/// An unexpected change of the service.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
}

/// Checks that an answer is an error in the form that all errors have.
func expectProblem(
  _ answer: WebAnswer, _ status: Int, _ what: String = "",
  at place: SourceLocation = #_sourceLocation
) {
  #expect(answer.status == status, "\(what): \(answer.text.prefix(300))", sourceLocation: place)
  expectProblem(answer, what, at: place)
}

/// Checks an error's form, whatever its status.
func expectProblem(
  _ answer: WebAnswer, _ what: String = "", at place: SourceLocation = #_sourceLocation
) {
  let type = answer.header("content-type")
  #expect(type == "application/json", "\(what)", sourceLocation: place)
  let json = try? answer.json
  #expect(
    (try? json?.keys) == ["detail", "request_id"], "\(what): \(answer.text.prefix(300))",
    sourceLocation: place)
  let id = try? json?["request_id"].string
  #expect(id != nil && answer.header("x-request-id") == id, "\(what)", sourceLocation: place)
  let detail = (try? json?["detail"].string) ?? ""
  #expect(
    detail.hasSuffix(".") || detail.hasSuffix("…"), "\(what): \(detail)", sourceLocation: place)
}

extension Instance {
  /// Runs a test after which the service must be healthy, with the processes it had before.
  func unharmed(_ body: () throws -> Void) throws {
    let before = try processes()
    try body()
    #expect(try send("GET", "/health").status == 200)
    #expect(try processes() == before)
  }

  /// Runs a test that leaves no temporary file behind.
  ///
  /// A worker's temporary files come and go; the sweeper removes those of a killed worker.
  func tidy(_ body: () throws -> Void) throws {
    let folder = "\(state)/store/tmp"
    let before = Set(try Files.names(in: folder))
    try body()
    try wait(for: "an empty \(folder)") {
      try Set(Files.names(in: folder)).isSubset(of: before)
    }
  }
}

/// Checks that the store has only the expected entries and no files of unfinished uploads.
func expectNoStrangers(in instance: Instance, at place: SourceLocation = #_sourceLocation) {
  let folders = Set((try? Files.names(in: instance.state + "/store")) ?? ["unreadable"])
  #expect(folders.isSubset(of: Files.entriesOfAStore), sourceLocation: place)
}
