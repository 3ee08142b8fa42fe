internal import HTTP

/// A response to send to the web server.
struct Answer {
  private let response: HTTP.Response
  private let request: HTTP.Request

  /// The result of sending.
  struct Sent {
    let status: Int
    let outcome: Exchange.Outcome
    /// Whether the answer is complete, so that the end of the request may be sent.
    let isWhole: Bool
  }

  init(_ response: HTTP.Response, to request: HTTP.Request) {
    self.response = response
    self.request = request
  }

  /// Sends the head and the body.
  func send(on call: Call) -> Sent {
    call.begin(with: head)
    do {
      if !hasNoBody { try sendBody(on: call) }
      try call.sendHead()
      return Sent(status: response.status, outcome: .complete, isWhole: true)
    } catch is ClientGone {
      return Sent(status: response.status, outcome: .clientGone, isWhole: false)
    } catch  where call.hasBegun {
      return Sent(status: response.status, outcome: .failed(error), isWhole: false)
    } catch {
      let apology = Problem(500, "Internal error.").response(requestID: request.id)
      let sent = Answer(apology, to: request).send(on: call)
      return Sent(status: sent.status, outcome: .failed(error), isWhole: sent.isWhole)
    }
  }

  private func sendBody(on call: Call) throws {
    switch response.body {
    case .none: break
    case .bytes(let bytes): try bytes.withUnsafeBytes(call.write)
    case .stream(let produce): try produce(call)
    }
  }

  private var hasNoBody: Bool {
    request.method == .head || ResponseHead.isBodiless(response.status)
  }

  private var head: [UInt8] {
    let length: Int? =
      switch response.body {
      case .bytes(let bytes): bytes.count
      case .none: 0
      case .stream: nil
      }
    return ResponseHead.bytes(of: response, length: length, requestID: request.id)
  }
}
