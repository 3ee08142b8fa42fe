internal import HTTP

/// Answers nginx, which asks before it reads the body of an upload whether the caller may upload.
///
/// nginx sends the request's own method, address and headers without the body. 204 lets the body
/// in, and the handler then checks everything again. Any other answer goes to the client; nginx
/// drops the body of an answer to auth_request, so a header repeats it.
enum UploadCheck {
  /// Whether nginx only asks; a client cannot forge this by a header.
  static func isAsked(by request: Request) -> Bool {
    request.serverParameter("UPLOAD_CHECK") != nil
  }

  /// The answer that lets the body in; nginx counts the uploads of each account.
  static func allowed(_ caller: Caller) -> Response {
    Response(204, headers: [("X-Uploader", caller.id.description)])
  }

  /// The answer with its body in a header.
  static func repeated(_ response: Response) -> Response {
    guard case .bytes(let body) = response.body else { return response }
    var response = response
    response.headers.append(("X-Refusal", String(decoding: body, as: UTF8.self)))
    return response
  }
}
