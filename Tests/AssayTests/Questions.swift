import Assay
import HTTP
import Support
import Testing

/// An id that does not exist.
let unknownID = "00000000-0000-7000-8000-000000000000"

/// Sends a request without a token and with another role.
func expectGuarded(
  _ site: TestSite, _ method: String, _ path: String, against person: Person,
  _ location: SourceLocation = #_sourceLocation
) throws {
  let nobody = try site.send(method, path)
  #expect(nobody.status == 401, sourceLocation: location)
  #expect(nobody.headers["WWW-Authenticate"] == "Bearer", sourceLocation: location)
  #expect(nobody.keys == ["detail", "request_id"], sourceLocation: location)
  let other = try site.send(method, path, as: person)
  #expect(other.status == 403, sourceLocation: location)
  #expect(other.keys == ["detail", "request_id"], sourceLocation: location)
}

/// Sends a request for another tenant's object, for a missing one, and with a malformed id.
func expectHidden(
  _ site: TestSite, _ method: String, _ path: (String) -> String, foreign: String,
  as person: Person, json: String? = nil, form: Form? = nil,
  _ location: SourceLocation = #_sourceLocation
) throws {
  let missing = try site.send(method, path(unknownID), as: person, json: json, form: form)
  let hidden = try site.send(method, path(foreign), as: person, json: json, form: form)
  #expect(missing.status == 404, sourceLocation: location)
  #expect(hidden.status == 404, sourceLocation: location)
  #expect(hidden.text == missing.text, sourceLocation: location)
  for id in ["1", "not-an-id", foreign + "0"] {
    let malformed = try site.send(method, path(id), as: person, json: json, form: form)
    #expect(malformed.status == 400, sourceLocation: location)
    #expect(try malformed.detail.contains("id"), sourceLocation: location)
  }
}

/// A body that an endpoint refuses, and the field that its error names.
struct BadBody: CustomTestStringConvertible {
  let json: String
  let field: String

  init(_ json: String, _ field: String) {
    self.json = json
    self.field = field
  }

  var testDescription: String { "\(field): \(json.prefix(60))" }

  /// Texts that no endpoint accepts as a JSON body.
  static let malformed = ["", "{", "[]", "null", #"{"a": 1, "a": 2}"#, "\"\u{0}\"", "{} {}"]

  /// Expects 400 with a sentence that begins with the field's name.
  func check(_ answer: Answer) throws {
    #expect(answer.status == 400)
    #expect(try answer.detail.hasPrefix("\(field) "), "\(answer.text)")
  }
}

/// Expects 400 for bodies that are not JSON objects, and 415 for other content types.
func expectJSON(
  _ site: TestSite, _ path: String, as person: Person? = nil,
  _ location: SourceLocation = #_sourceLocation
) throws {
  for body in BadBody.malformed {
    let answer = try site.send("POST", path, as: person, json: body)
    #expect(answer.status == 400, "\(body)", sourceLocation: location)
    #expect(try answer.detail.contains("body") || answer.detail.contains("JSON"))
  }
  let deep = String(repeating: "[", count: 100_000)
  #expect(try site.send("POST", path, as: person, json: deep).status == 400)
  let long = "\"" + String(repeating: "x", count: 2 << 20) + "\""
  #expect(try site.send("POST", path, as: person, json: long).status == 413)
  let text = try site.send(
    "POST", path, as: person, json: "{}", headers: ["CONTENT_TYPE": "text/plain"])
  #expect(text.status == 415, sourceLocation: location)
}

/// Whether a text is a time in the form of answers: `2026-03-01T12:00:00.000Z`.
func isTime(_ text: String) -> Bool {
  let pattern = Array("0000-00-00T00:00:00.000Z".utf8)
  guard text.utf8.count == pattern.count else { return false }
  let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  return zip(text.utf8, pattern).allSatisfy { byte, wanted in
    digits.contains(wanted) ? digits.contains(byte) : byte == wanted
  }
}
