import HTTP
import Support
import Testing

/// Files that are announced, sent by PUT to where the answer says, and completed.
extension Job {
  /// Announces files; the tickets.
  func announce(_ names: [String]) throws -> [JSON] {
    let files = names.map { #"{"filename": "\#($0)", "content_type": "image/png"}"# }
    let answer = try instance.send(
      "POST", "/uploads/presign", token: token,
      json: #"{"request_id": "\#(request)", "files": [\#(files.joined(separator: ","))]}"#)
    try #require(answer.status == 200, "\(answer.text)")
    #expect(try answer.json.keys == ["uploads"])
    return try answer.json["uploads"].elements
  }

  /// Sends a file to an address, as the ticket says.
  func put(_ path: String, to url: String, type: String = "image/png") throws -> WebAnswer {
    try instance.send(
      "PUT", url,
      options: [("upload-file", path), ("header", "Content-Type: \(type)"), ("noproxy", "*")])
  }

  /// Says that files have been sent.
  func complete(_ keys: [String], etag: String? = nil) throws -> WebAnswer {
    let etag = etag.map { "\"\($0)\"" } ?? "null"
    let files = keys.map { #"{"filename": "a.png", "key": "\#($0)", "etag": \#(etag)}"# }
    return try instance.send(
      "POST", "/uploads/complete", token: token,
      json: #"{"request_id": "\#(request)", "uploaded": [\#(files.joined(separator: ","))]}"#)
  }
}
