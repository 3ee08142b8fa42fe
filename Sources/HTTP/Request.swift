/// The source of a request's parameters and body: a FastCGI connection, or a test.
package protocol RequestSource: AnyObject {
  /// Returns the CGI parameter with this name (RFC 3875), for example `HTTP_AUTHORIZATION`.
  func parameter(_ name: String) -> String?
  /// Reads the next bytes of the body; returns 0 at its end, a negative number when the client is
  /// gone.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int
}

/// One HTTP request, used on one thread.
package final class Request {
  /// The method; nil when it is unknown.
  package let method: Method?
  /// The path and query exactly as the client sent them.
  package let target: String
  /// The path as sent, undecoded and without the query, safe for logs and links.
  package let path: Substring
  /// The path's decoded segments; nil when the path cannot be decoded.
  package let segments: [String]?
  /// The query string, undecoded.
  package let queryString: Substring
  /// The identifier of this request in answers and logs.
  package let id: String
  /// The values of the route's `{…}` segments, in order; set by the dispatcher.
  package var captures: [(name: String, value: String)] = []

  let source: any RequestSource
  private var whole: [UInt8]?

  /// Makes a request from CGI parameters.
  package init(_ source: any RequestSource, id: String) {
    self.source = source
    self.id = id
    method = source.parameter("REQUEST_METHOD").flatMap(Method.init(rawValue:))
    target = source.parameter("REQUEST_URI") ?? "/"
    // Splits bytes, because in a character a combining mark would hide the delimiter before it.
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
    self.path = Substring(path)
    queryString = Substring(target.utf8.dropFirst(path.count + 1))
    segments = Path.segments(self.path)
  }

  /// Returns the value of a header by its CGI name without `HTTP_`, for example `AUTHORIZATION`.
  package func header(_ name: String) -> String? {
    source.parameter("HTTP_" + name)
  }

  /// The declared media type in lower case, without its parameters.
  package var mediaType: String? {
    contentType.map { $0.prefix { $0 != ";" }.trimmingSpaces().lowercased() }
  }

  /// The `Content-Type` header as sent.
  package var contentType: String? {
    source.parameter("CONTENT_TYPE").flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The length of the body in bytes; nil when none was declared.
  package var contentLength: Int? {
    source.parameter("CONTENT_LENGTH").flatMap { Int($0) }
  }

  /// The client's address as seen by nginx.
  package var remoteAddress: String { source.parameter("REMOTE_ADDR") ?? "" }

  /// Returns the value of the route's `{name}` segment.
  package func capture(_ name: String) -> String? {
    captures.first { $0.name == name }?.value
  }

  /// Returns a parameter set by the web server, which a client's header cannot set.
  package func serverParameter(_ name: String) -> String? {
    name.hasPrefix("HTTP_") ? nil : source.parameter(name)
  }

  /// Reads the next bytes of the body; returns 0 at its end, a negative number when the client is
  /// gone.
  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    source.read(into: buffer)
  }

  /// Returns the whole body, at most `limit` bytes; may be called again.
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
  /// The scheme and host of this request's URL, for example `https://localhost:8443`.
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
