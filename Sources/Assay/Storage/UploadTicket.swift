internal import Cryptography
internal import Glibc
internal import HTTP

/// The right to PUT one file of one type, up to one size, for a while: what a signed address says.
struct UploadTicket {
  let path: String
  let contentType: String
  let sizeLimit: Int
  /// Seconds since 1970.
  let expires: Int
  /// Bytes that are being sent; 0 while no upload uses the ticket.
  private(set) var length = 0

  /// Where an upload's bytes go, as a path of the site and below the store.
  ///
  /// Archives have a place of their own: nginx lets more bytes through to it.
  static func path(of upload: ID<Upload>, isArchive: Bool) -> String {
    "/incoming/\(upload)" + (isArchive ? ".zip" : "")
  }

  /// The address that carries this ticket.
  func url(origin: String, key: [UInt8]) -> String {
    let type = contentType.replacing("/", with: "%2F")
    return "\(origin)\(path)?type=\(type)&size=\(sizeLimit)&expires=\(expires)"
      + "&sig=\(Hex.encode(code(key)))"
  }

  /// The ticket of a request that nginx asks about; nil when it was not made by us, has expired,
  /// or does not fit what is being sent.
  init?(checking request: Request, key: [UInt8], now: Int = time(nil)) throws(Problem) {
    let query = try request.query()
    guard let contentType = query["type"], let size = query["size"].flatMap({ Int($0) }),
      let expires = query["expires"].flatMap({ Int($0) }),
      let signature = query["sig"].flatMap({ Hex.decode($0) })
    else { return nil }
    self.init(
      path: String(request.path), contentType: contentType, sizeLimit: size,
      expires: expires)
    guard HMAC.equal(signature, code(key)), expires > now,
      request.serverParameter("UPLOAD_TYPE") == contentType,
      let length = request.serverParameter("UPLOAD_LENGTH").flatMap({ Int($0) }), length >= 0,
      length <= size
    else { return nil }
    self.length = length
  }

  init(path: String, contentType: String, sizeLimit: Int, expires: Int) {
    self.path = path
    self.contentType = contentType
    self.sizeLimit = sizeLimit
    self.expires = expires
  }

  /// The first word keeps these codes apart from any other use of the key.
  private func code(_ key: [UInt8]) -> [UInt8] {
    HMAC.sha256("upload\nPUT\n\(path)\n\(contentType)\n\(sizeLimit)\n\(expires)", key: key)
  }
}
