/// Where a request's parameters and body come from: a FastCGI connection, or a test.
package protocol RequestSource: AnyObject {
  /// The CGI parameter of that name (RFC 3875), such as `HTTP_AUTHORIZATION`.
  func parameter(_ name: String) -> String?
  /// Reads the next bytes of the body; 0 at its end, negative when the client went away.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int
}

/// One HTTP request on one thread.
package final class Request {
  /// The method as sent; nil when it is none the application knows.
  package let method: Method?
  /// The path and query exactly as the client sent them.
  package let target: String
  /// The path as sent, undecoded and without the query: what logs and links may repeat.
  package let path: Substring
  /// The path's segments, decoded once; nil when the path cannot be decoded.
  package let segments: [String]?
  /// The query string, undecoded.
  package let queryString: Substring
  /// Names this request in answers and logs.
  package let id: String
  /// The values of the route's `{…}` segments, in order; set by the dispatcher.
  package var captures: [(name: String, value: String)] = []

  let source: any RequestSource
  private var whole: [UInt8]?

  /// Reads the request line from CGI parameters.
  package init(_ source: any RequestSource, id: String) {
    self.source = source
    self.id = id
    method = source.parameter("REQUEST_METHOD").flatMap(Method.init(rawValue:))
    target = source.parameter("REQUEST_URI") ?? "/"
    // Bytes, not characters: a combining mark behind a delimiter must not hide it.
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
    self.path = Substring(path)
    queryString = Substring(target.utf8.dropFirst(path.count + 1))
    segments = Path.segments(self.path)
  }

  /// The value of a header, named as CGI names it without `HTTP_`: `AUTHORIZATION`.
  package func header(_ name: String) -> String? {
    source.parameter("HTTP_" + name)
  }

  /// The declared media type, lowercased and without its parameters.
  package var mediaType: String? {
    contentType.map { $0.prefix { $0 != ";" }.trimmingSpaces().lowercased() }
  }

  /// The `Content-Type` header as sent.
  package var contentType: String? {
    source.parameter("CONTENT_TYPE").flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The body's length in bytes; nil when none was declared.
  package var contentLength: Int? {
    source.parameter("CONTENT_LENGTH").flatMap { Int($0) }
  }

  /// The client's address as nginx saw it.
  package var remoteAddress: String { source.parameter("REMOTE_ADDR") ?? "" }

  /// The value of the route's `{name}` segment.
  package func capture(_ name: String) -> String? {
    captures.first { $0.name == name }?.value
  }

  /// A parameter that the web server itself sets, which no header of a client can be.
  package func serverParameter(_ name: String) -> String? {
    name.hasPrefix("HTTP_") ? nil : source.parameter(name)
  }

  /// Reads the next bytes of the body; 0 at its end, negative when the client went away.
  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    source.read(into: buffer)
  }

  /// The whole body, at most `limit` bytes of it; may be asked for again.
  /// - Throws: 413 when it is longer, 400 when it ends before its declared length.
  package func body(limit: Int) throws(Problem) -> [UInt8] {
    let declared = contentLength ?? 0
    guard declared <= limit else { throw .tooLarge(limit: limit) }
    guard declared > 0 else { return [] }
    if let whole { return whole }
    var filled = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: declared) { buffer, count in
      while filled < declared {
        let rest = UnsafeMutableRawBufferPointer(buffer)[filled...]
        let got = read(into: .init(rebasing: rest))
        guard got > 0 else { break }
        filled += got
      }
      count = filled
    }
    guard filled == declared else {
      throw .badRequest("The body ended before its declared length.")
    }
    whole = bytes
    return bytes
  }
}

extension Request {
  /// The scheme and host this request came to, such as `https://localhost:8443`.
  package var origin: String {
    let scheme = source.parameter("REQUEST_SCHEME") == "http" ? "http" : "https"
    let host = header("HOST") ?? ""
    let isHost = host.utf8.allSatisfy { byte in
      UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80
        || ".:-[]_0123456789".utf8.contains(byte)
    }
    return isHost && !host.isEmpty ? "\(scheme)://\(host)" : "\(scheme)://localhost"
  }
}
