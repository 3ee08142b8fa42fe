package import HTTP

internal import Cryptography
internal import Glibc
internal import Vocabulary

/// The right to PUT one file of one type, up to a size and a time, encoded in a signed address.
package struct UploadTicket {
  /// The path of the address.
  package let path: String
  let contentType: String
  let sizeLimit: Int
  /// The end of its validity, in seconds since 1970.
  let expires: Int
  /// The size of the current upload in bytes; 0 for an unused ticket.
  package private(set) var length = 0

  /// Returns the path of an upload's bytes, both in the address and below the store.
  ///
  /// Archives have a path of their own, because nginx allows larger files there.
  static func path(of upload: ID<Upload>, isArchive: Bool) -> String {
    "/incoming/\(upload)" + (isArchive ? ".zip" : "")
  }

  /// Returns the address with this ticket.
  func url(origin: String, key: [UInt8]) -> String {
    let type = contentType.replacing("/", with: "%2F")
    return "\(origin)\(path)?type=\(type)&size=\(sizeLimit)&expires=\(expires)"
      + "&sig=\(Hex.encode(code(key)))"
  }

  /// Reads the ticket of nginx's permission request.
  ///
  /// - Throws: 403 when we did not sign it, it has expired, or it does not allow this file; 411 when
  ///   the file's length is missing.
  package init(checking request: Request, key: [UInt8], now: Int = time(nil)) throws(Problem) {
    let query = try request.query()
    guard let contentType = query["type"], let size = query["size"].flatMap({ Int($0) }),
      let expires = query["expires"].flatMap({ Int($0) }),
      let signature = query["sig"].flatMap({ Hex.decode($0) })
    else { throw Self.unsigned }
    self.init(
      path: String(request.path), contentType: contentType, sizeLimit: size,
      expires: expires)
    guard HMAC.equal(signature, code(key)) else { throw Self.unsigned }
    guard expires > now else { throw .forbidden("The address has expired: request a new one.") }
    guard request.serverParameter("UPLOAD_TYPE") == contentType else {
      throw .forbidden("The Content-Type header must be \(contentType), as for this address.")
    }
    guard let length = request.serverParameter("UPLOAD_LENGTH").flatMap({ Int($0) }), length >= 0
    else { throw Problem(411, "The Content-Length header is missing.") }
    guard length <= size else {
      throw .forbidden("The file is larger than \(size) bytes, the maximum of this address.")
    }
    self.length = length
  }

  private static let unsigned = Problem.forbidden(
    "The signature of the address is wrong: send the address unchanged, or request a new one.")

  init(path: String, contentType: String, sizeLimit: Int, expires: Int) {
    self.path = path
    self.contentType = contentType
    self.sizeLimit = sizeLimit
    self.expires = expires
  }

  /// Returns the signature; its first word separates it from other uses of the key.
  private func code(_ key: [UInt8]) -> [UInt8] {
    HMAC.sha256("upload\nPUT\n\(path)\n\(contentType)\n\(sizeLimit)\n\(expires)", key: key)
  }
}
