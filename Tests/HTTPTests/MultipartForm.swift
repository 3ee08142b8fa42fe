import HTTP

/// One part as the parser reported it.
struct Part: Equatable {
  let headers: PartHeaders
  var data: [UInt8] = []
  var ended = false
  var text: String { String(decoding: data, as: UTF8.self) }
}

/// Collects a parser's events.
struct Gathered {
  var parts: [Part] = []

  mutating func take(_ event: MultipartParser.Event) {
    switch event {
    case .begin(let headers): parts.append(Part(headers: headers))
    case .data(let bytes): parts[parts.count - 1].data += bytes
    case .end: parts[parts.count - 1].ended = true
    }
  }
}

let formType = "multipart/form-data; boundary=b"

/// Parses a body given in pieces.
func parts(_ pieces: [[UInt8]], type: String = formType) throws -> [Part] {
  var parser = try MultipartParser(contentType: type)
  var gathered = Gathered()
  for piece in pieces {
    try piece.withUnsafeBytes { bytes in try parser.feed(bytes) { gathered.take($0) } }
  }
  try parser.finish()
  return gathered.parts
}

func parts(_ body: String, type: String = formType) throws -> [Part] {
  try parts([Array(body.utf8)], type: type)
}

/// A body of one part with these header lines.
func form(_ headers: String, _ data: String = "x") -> String {
  "--b\r\n\(headers)\r\n\r\n\(data)\r\n--b--\r\n"
}

/// The headers of a part whose Content-Disposition ends with these parameters.
func disposition(_ parameters: String) throws -> PartHeaders? {
  try parts(form("Content-Disposition: form-data; \(parameters)")).first?.headers
}
