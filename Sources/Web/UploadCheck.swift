package import HTTP

internal import Vocabulary

/// Answers nginx's permission request before it reads the body of an upload.
///
/// nginx sends the method, address and headers of the request without its body. 204 lets nginx read
/// the body, and the handler then repeats all checks. Any other answer goes to the client. nginx
/// drops the body of an answer to auth_request, so a header repeats it.
package enum UploadCheck {
  /// Whether this is a permission request of nginx; a client's header cannot forge it.
  package static func isAsked(by request: Request) -> Bool {
    request.serverParameter("UPLOAD_CHECK") != nil
  }

  /// Returns the answer that lets nginx read the body; nginx counts the uploads of each account.
  static func allowed(_ caller: Caller) -> Response {
    Response(204, headers: [("X-Uploader", caller.id.description)])
  }

  /// Returns the answer with its body repeated in a header.
  package static func repeated(_ response: Response) -> Response {
    guard case .bytes(let body) = response.body else { return response }
    var response = response
    response.headers.append(("X-Refusal", String(decoding: body, as: UTF8.self)))
    return response
  }
}
