internal import CCurl

/// Documents that other sites publish.
package enum WebDocument {
  /// Fetches a document by HTTPS; neither redirects nor proxies are followed.
  /// - Parameters:
  ///   - limit: maximum size in bytes.
  ///   - authority: PEM file of an authority to trust instead of the system's.
  /// - Throws: `OutboundError` for any answer but 200.
  package static func fetch(
    _ address: String, limit: Int, authority: String? = nil
  ) throws(OutboundError) -> [UInt8] {
    guard let client = ccurl_open() else {
      throw OutboundError(description: "libcurl is not installed (apt: libcurl4)")
    }
    defer { ccurl_close(client) }
    ccurl_begin(client, "GET", address)
    ccurl_limits(client, 5, 10, 10)
    if let authority { ccurl_trust(client, authority) }
    let intake = Intake(limit: limit)
    let outcome = ccurl_perform(
      client,
      { bytes, count, context in
        Intake.of(context)?.take(head: UnsafeRawBufferPointer(start: bytes, count: count)) == true
          ? count : 0
      },
      { bytes, count, context in
        Intake.of(context)?.take(body: UnsafeRawBufferPointer(start: bytes, count: count)) == true
          ? count : 0
      },
      Unmanaged.passUnretained(intake).toOpaque())
    guard outcome == ccurl_done else {
      throw OutboundError(description: String(cString: ccurl_error(client)))
    }
    guard intake.status == 200 else {
      throw OutboundError(description: "the answer's status is \(intake.status), not 200")
    }
    return intake.body
  }

  private final class Intake {
    var status = 0
    var body: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    static func of(_ context: UnsafeMutableRawPointer?) -> Intake? {
      context.map { Unmanaged<Intake>.fromOpaque($0).takeUnretainedValue() }
    }

    func take(head bytes: UnsafeRawBufferPointer) -> Bool {
      let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      if words.count > 1, words[0].hasPrefix("HTTP/") { status = Int(words[1]) ?? 0 }
      return true
    }

    func take(body bytes: UnsafeRawBufferPointer) -> Bool {
      guard bytes.count <= limit - body.count else { return false }
      body += bytes
      return true
    }
  }
}
