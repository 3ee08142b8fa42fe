// JSON: every parsed value is written and parsed again to the same value.

nonisolated(unsafe) var sink = 0

func write(_ value: JSON, to writer: inout JSONWriter) {
  switch value {
  case .null: writer.null()
  case .bool(let value): value.write(to: &writer)
  case .int(let value): writer.number(value)
  case .double(let value): writer.number(value)
  case .string(let value): writer.string(value)
  case .array(let values): writer.array { for value in values { write(value, to: &$0) } }
  case .object(let members):
    writer.object { writer in
      for (key, value) in members {
        writer.key(dynamic: key)
        write(value, to: &writer)
      }
    }
  }
}

func depth(_ value: JSON) -> Int {
  switch value {
  case .array(let values): 1 + (values.map(depth).max() ?? 0)
  case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
  default: 0
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let value: JSON
  do throws(Problem) {
    value = try JSON(parsing: input)
  } catch {
    // A key of the document, with any text, may follow the place.
    let place = error.detail.prefix { $0 != ")" }
    precondition(
      error.status == 400
        && !(place.hasPrefix("The body is not valid JSON (") && place.contains("-")),
      "an unclear refusal")
    return 0
  }
  // Our limit of depth is jansson's, and one level less for scalars.
  precondition(depth(value) <= JSON.deepest + 1, "deeper than allowed")
  var writer = JSONWriter()
  write(value, to: &writer)
  precondition((try? JSON(parsing: writer.bytes)) == value, "does not survive a round trip")
  precondition(!writer.bytes.contains { $0 < 0x20 }, "a bare control character")
  sink &+= writer.bytes.count
  return 0
}
