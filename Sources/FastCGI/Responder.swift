internal import HTTP

/// The function that answers requests, with the state of one thread.
struct Responder<State>: Sendable {
  let makeState: @Sendable () -> State
  let answer: @Sendable (inout State, HTTP.Request) -> HTTP.Response
  let finished: @Sendable (inout State, borrowing Exchange) -> Void

  /// Answers the request that a connection has received; returns whether another may follow on it.
  func serve(_ connection: borrowing Connection, _ state: inout State) -> Bool {
    let began = ContinuousClock.now
    let call = Call(connection)
    let request = HTTP.Request(call, id: RequestID.adopt(call.parameter("REQUEST_ID")))
    var sent = Answer(answer(&state, request), to: request).send(on: call)
    if sent.isWhole, !connection.complete() {
      sent = Answer.Sent(status: sent.status, outcome: .clientGone, isWhole: false)
    }
    let elapsed = ContinuousClock.now - began
    finished(
      &state,
      Exchange(
        request: request, status: sent.status, bytes: call.bodyBytes,
        microseconds: elapsed.microseconds, outcome: sent.outcome))
    call.end()
    guard sent.isWhole else {
      connection.abort()
      return false
    }
    // nginx asks to keep the connection for every request, but keeps it only for these methods
    // (nginx/assay/http.conf). When it closes another one, that would wake a thread for nothing.
    return connection.finish(mayStay: request.method == .get || request.method == .head)
  }
}

extension Duration {
  fileprivate var microseconds: Int {
    Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
  }
}
