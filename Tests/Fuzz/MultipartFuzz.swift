// Multipart: the events do not depend on the pieces of the body, and every part is a slice of it.
// Input: a byte that seeds the sizes of pieces, the boundary up to a line feed, then the body.

nonisolated(unsafe) var sink = 0

/// The events of one run, with joined data, and the final error.
struct Transcript: Equatable {
  struct Part: Equatable {
    let headers: PartHeaders
    var data: [UInt8] = []
    var ended = false
  }
  var parts: [Part] = []
  var problem: String?

  mutating func note(_ event: MultipartParser.Event) {
    switch event {
    case .begin(let headers):
      precondition(parts.last?.ended ?? true, "a part begins inside another")
      parts.append(Part(headers: headers))
    case .data(let bytes):
      precondition(!bytes.isEmpty, "empty data")
      precondition(parts.last?.ended == false, "data outside a part")
      parts[parts.count - 1].data += bytes
    case .end:
      precondition(parts.last?.ended == false, "end without a part")
      parts[parts.count - 1].ended = true
    }
  }
}

/// Parses the body in chunks, each in its own memory, so that the sanitizer knows its bounds.
func transcript(_ type: String, _ body: ArraySlice<UInt8>, chunk: () -> Int) -> Transcript {
  var result = Transcript()
  do {
    var parser = try MultipartParser(contentType: type)
    var rest = body
    while !rest.isEmpty {
      let piece = rest.prefix(max(1, chunk()))
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
      defer { copy.deallocate() }
      copy.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      try parser.feed(UnsafeRawBufferPointer(copy)) { result.note($0) }
    }
    try parser.finish()
  } catch {
    result.problem = (error as? Problem)?.detail ?? "another error"
  }
  return result
}

func holds(_ part: [UInt8], within body: ArraySlice<UInt8>) -> Bool {
  if part.isEmpty { return true }
  return body.withUnsafeBytes { body in
    part.withUnsafeBytes { part in
      var from = 0
      while from + part.count <= body.count {
        if body[from] == part[0], body[from..<(from + part.count)].elementsEqual(part) {
          return true
        }
        from += 1
      }
      return false
    }
  }
}

func check(_ whole: Transcript, _ body: ArraySlice<UInt8>, _ boundary: [UInt8]) {
  let delimiter = Array("\r\n--".utf8) + boundary
  for part in whole.parts {
    precondition(holds(part.data, within: body), "a part is no slice of the body")
    precondition(!holds(delimiter, within: part.data[...]), "a part holds the delimiter")
    let filename = part.headers.filename ?? ""
    precondition(filename.utf8.count <= 255, "a long file name")
    precondition(![".", ".."].contains(filename), "a file name that is a directory")
    precondition(Filename.cleaned(filename).utf8.elementsEqual(filename.utf8), "cleaned twice")
    precondition(!filename.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0x2F || $0 == 0x5C })
  }
  if whole.problem == nil {
    precondition(whole.parts.allSatisfy(\.ended), "a part without its end")
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard var seed = input.first.map(Int.init) else { return 0 }
  let boundary = Array(input.dropFirst().prefix { $0 != 10 })
  let body = input.dropFirst(boundary.count + 2)
  let type = "multipart/form-data; boundary=\"" + String(decoding: boundary, as: UTF8.self) + "\""
  let whole = transcript(type, body) { body.count }
  check(whole, body, boundary)
  precondition(whole == transcript(type, body) { 1 }, "differs byte by byte")
  let cut = transcript(type, body) {
    seed = (seed &* 1_103_515_245 &+ 12345) & 0xFFFF
    return seed >> 6 & 31
  }
  precondition(whole == cut, "differs in chunks")
  sink &+= whole.parts.count
  return 0
}
