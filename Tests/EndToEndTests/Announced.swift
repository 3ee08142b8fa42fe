import HTTP
import Support
import Testing

/// Announces files, sends them by PUT to the given address, and completes them.
extension Job {
  /// Announces files; returns the tickets.
  func announce(_ names: [String]) throws -> [JSON] {
    let files = names.map { #"{"filename": "\#($0)", "content_type": "image/png"}"# }
    let answer = try instance.send(
      "POST", "/uploads/presign", token: token,
      json: #"{"request_id": "\#(request)", "files": [\#(files.joined(separator: ","))]}"#)
    try #require(answer.status == 200, "\(answer.text)")
    #expect(try answer.json.keys == ["uploads"])
    return try answer.json["uploads"].elements
  }

  /// Sends a file to the address of its ticket.
  func put(_ path: String, to url: String, type: String = "image/png") throws -> WebAnswer {
    try instance.send(
      "PUT", url,
      options: [("upload-file", path), ("header", "Content-Type: \(type)"), ("noproxy", "*")])
  }

  /// Completes the uploads of files that have been sent.
  func complete(_ keys: [String], etag: String? = nil) throws -> WebAnswer {
    let etag = etag.map { "\"\($0)\"" } ?? "null"
    let files = keys.map { #"{"filename": "a.png", "key": "\#($0)", "etag": \#(etag)}"# }
    return try instance.send(
      "POST", "/uploads/complete", token: token,
      json: #"{"request_id": "\#(request)", "uploaded": [\#(files.joined(separator: ","))]}"#)
  }
}
