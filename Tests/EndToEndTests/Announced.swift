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

extension Instance {
  /// Signs a signed address of `/incoming/` anew, as one that has expired.
  func expired(_ target: String) throws -> String {
    let signed = try Program.run(
      [
        "bash", "-c",
        #"""
        path=${1%%\?*} type=${1#*type=} size=${1#*size=}
        type=${type%%&*} size=${size%%&*} expires=1000000000
        code=$(printf 'upload\nPUT\n%s\n%s\n%s\n%s' "$path" "${type/\%2F//}" "$size" "$expires" |
          openssl dgst -sha256 -hmac "$(tr -d '\n' <"$2")" -r)
        printf '%s?type=%s&size=%s&expires=%s&sig=%s' "$path" "$type" "$size" "$expires" "${code%% *}"
        """#, "bash", target, "\(state)/secrets/token.key",
      ])
    return signed.text
  }
}
