/// Makes FastCGI records, valid or malformed.
enum Frame {
  enum Kind: UInt8 {
    case begin = 1
    case abort = 2
    case end = 3
    case parameters = 4
    case input = 5
    case output = 6
    case getValues = 9
  }

  static func record(
    _ kind: UInt8, _ content: [UInt8], request: UInt16 = 1, version: UInt8 = 1,
    padding: UInt8 = 0
  ) -> [UInt8] {
    let length = UInt16(content.count)
    let header: [UInt8] = [
      version, kind, UInt8(request >> 8), UInt8(request & 255), UInt8(length >> 8),
      UInt8(length & 255), padding, 0,
    ]
    return header + content + [UInt8](repeating: 0xEE, count: Int(padding))
  }

  static func begin(role: UInt8 = 1, flags: UInt8 = 0, version: UInt8 = 1) -> [UInt8] {
    record(Kind.begin.rawValue, [0, role, flags, 0, 0, 0, 0, 0], version: version)
  }

  /// A stream of this kind with its end.
  static func stream(_ kind: Kind, _ bytes: [UInt8]) -> [UInt8] {
    var records: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      records += record(kind.rawValue, Array(rest.prefix(0x8000)))
      rest = rest.dropFirst(0x8000)
    }
    return records + record(kind.rawValue, [])
  }

  static func pairs(_ parameters: [(name: String, value: [UInt8])]) -> [UInt8] {
    parameters.flatMap { name, value in
      length(name.utf8.count) + length(value.count) + Array(name.utf8) + value
    }
  }

  /// A complete request.
  static func request(
    _ method: String = "GET", _ target: String = "/", _ more: [String: String] = [:],
    body: [UInt8] = [], flags: UInt8 = 0
  ) -> [UInt8] {
    var parameters = ["REQUEST_METHOD": method, "REQUEST_URI": target]
    if !body.isEmpty { parameters["CONTENT_LENGTH"] = String(body.count) }
    parameters.merge(more) { $1 }
    return begin(flags: flags)
      + stream(.parameters, pairs(parameters.map { ($0.key, Array($0.value.utf8)) }))
      + stream(.input, body)
  }

  private static func length(_ count: Int) -> [UInt8] {
    guard count > 127 else { return [UInt8(count)] }
    let count = UInt32(count) | 0x8000_0000
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }
}
