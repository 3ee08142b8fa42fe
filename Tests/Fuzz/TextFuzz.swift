// Lines, tables and arrays: the results do not depend on the pieces of the stream, nothing exceeds
// its limit, and every result comes from the stream. Input: a byte that seeds the sizes of pieces
// and names the splitter, then the stream.

nonisolated(unsafe) var sink = 0

let limit = 64

/// All results of a splitter as text, for comparison.
func told(_ kind: Int, _ bytes: ArraySlice<UInt8>, chunk: () -> Int) -> [String] {
  var told: [String] = []
  var lines = LineSplitter(limit: limit)
  var rows = RowSplitter(limit: limit)
  var elements = ElementSplitter(limit: limit)
  var rest = bytes
  while !rest.isEmpty {
    let piece = rest.prefix(max(1, chunk()))
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: piece)
    rest = rest.dropFirst(piece.count)
    let buffer = UnsafeRawBufferPointer(copy)
    switch kind {
    case 0: lines.feed(buffer) { told.append(text($0)) }
    case 1: rows.feed(buffer) { told.append(text($0)) }
    default: elements.feed(buffer) { told.append(text($0)) }
    }
  }
  switch kind {
  case 0: lines.finish { told.append(text($0)) }
  case 1: rows.finish { told.append(text($0)) }
  default: elements.finish { told.append(text($0)) }
  }
  return told
}

func text(_ event: LineSplitter.Event) -> String {
  guard case .line(let line) = event else { return "too long" }
  precondition(line.count <= limit && !line.contains(10), "no line")
  return "\(line)"
}

func text(_ event: RowSplitter.Event) -> String {
  switch event {
  case .fault(let fault, let line): return "\(fault) \(line)"
  case .stopped(let line): return "stopped \(line)"
  case .row(let row, let lines):
    precondition(!row.isEmpty && row.map(\.count).reduce(row.count - 1, +) <= limit, "no row")
    return "\(row) \(lines)"
  }
}

func text(_ event: ElementSplitter.Event) -> String {
  switch event {
  case .tooLong(let place): return "too long \(place)"
  case .malformed(let fault, let place): return "malformed \(fault) \(place)"
  case .element(let element, let place):
    precondition((1...limit).contains(element.count), "no element")
    return "\(element) \(place)"
  }
}

/// The same result by a simple method, where there is one.
func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
  var pieces = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
  if pieces.last == [] { pieces.removeLast() }
  return pieces.map { piece in
    let line = piece.last == 13 ? piece.dropLast() : piece[...]
    return line.count > limit ? "too long" : "\(Array(line))"
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard var seed = input.first.map(Int.init) else { return 0 }
  let kind = seed % 3
  let stream = input.dropFirst()
  let whole = told(kind, stream) { stream.count }
  precondition(whole == told(kind, stream) { 1 }, "differs byte by byte")
  let cut = told(kind, stream) {
    seed = (seed &* 1_103_515_245 &+ 12345) & 0xFFFF
    return seed >> 6 & 31
  }
  precondition(whole == cut, "differs in chunks")
  if kind == 0 { precondition(whole == lines(stream), "differs from plain lines") }
  let isEnd = { (word: String) in word.hasPrefix("malformed") || word.hasPrefix("stopped") }
  let ends = whole.filter(isEnd).count
  let isLast = ends == 0 || whole.last.map(isEnd) == true
  precondition(ends <= 1 && isLast, "speaks on behind its end")
  sink &+= whole.count
  return 0
}
