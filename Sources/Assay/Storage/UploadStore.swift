internal import Glibc
internal import HTTP
internal import Logging
internal import S3

/// Where announced uploads arrive: this host's nginx, or an S3-compatible store.
protocol UploadStore {
  /// The address one file of that type may be sent to, until then.
  /// - Parameters:
  ///   - size: the most bytes it may have.
  ///   - isExact: whether the client gave this size.
  ///   - expires: seconds since 1970.
  func address(
    of upload: ID<Upload>, type: AnnouncedType, size: Int, isExact: Bool, expires: Int,
    for request: Request
  ) throws -> String
  /// Whether no byte has arrived, if that can be found out cheaply; otherwise false.
  func isEmpty(_ upload: ID<Upload>) -> Bool
  /// What has arrived.
  /// - Parameter limit: the most bytes of it.
  func fetch(_ upload: ID<Upload>, limit: Int) throws -> Arrival
  /// Throws away what has arrived; false when that could not be done now.
  @discardableResult
  func discard(_ upload: ID<Upload>) -> Bool
}

/// What a store has of an announced upload.
enum Arrival {
  case nothing
  /// More than a file may have; its bytes are not looked at.
  case tooLarge
  /// All of it, with the etag that the store itself gave.
  case file(IncomingFile, etag: String?)
}

/// nginx receives the bytes into the store's own file system.
struct LocalUploads: UploadStore {
  let store: Store
  /// The origin of the addresses; nil: the one that the request came to.
  let publicURL: String?
  /// Signs the addresses.
  let key: [UInt8]

  func address(
    of upload: ID<Upload>, type: AnnouncedType, size: Int, isExact: Bool, expires: Int,
    for request: Request
  ) -> String {
    let ticket = UploadTicket(
      path: UploadTicket.path(of: upload, isArchive: type == .zip), contentType: type.rawValue,
      sizeLimit: size, expires: expires)
    return ticket.url(
      origin: publicURL ?? request.origin, key: key)
  }

  func fetch(_ upload: ID<Upload>, limit: Int) throws -> Arrival {
    guard let file = try store.received(upload) else { return .nothing }
    return file.size > limit ? .tooLarge : .file(file, etag: nil)
  }

  func isEmpty(_ upload: ID<Upload>) -> Bool { !store.hasReceived(upload) }

  func discard(_ upload: ID<Upload>) -> Bool { store.discard(upload) }
}

/// A bucket receives the bytes; they are copied into our store when the upload is completed.
struct S3Uploads: UploadStore {
  private let store: Store
  private let signer: S3Signer
  private let client: S3Client

  init(_ store: Store, _ configuration: S3Configuration) throws {
    self.store = store
    signer = S3Signer(configuration)
    client = try S3Client(configuration)
  }

  /// The bucket takes exactly so many bytes, or any number: an address cannot have an upper limit.
  func address(
    of upload: ID<Upload>, type: AnnouncedType, size: Int, isExact: Bool, expires: Int,
    for request: Request
  ) throws -> String {
    let now = time(nil)
    return try signer.presign(
      .put(contentType: type.rawValue, length: isExact ? size : nil), key: Self.key(upload),
      expires: expires - now, at: now)
  }

  /// False: it would have to ask the bucket, which could still take bytes after that.
  func isEmpty(_ upload: ID<Upload>) -> Bool { false }

  /// Copies the object: an address can be used again until it expires, so only what is copied
  /// can be verified for good.
  func fetch(_ upload: ID<Upload>, limit: Int) throws -> Arrival {
    do {
      guard let object = try client.head(Self.key(upload)) else { return .nothing }
      guard object.size <= limit else { return .tooLarge }
      let file = try store.incoming()
      let copied = try client.download(Self.key(upload), to: file.descriptor, limit: limit)
      try file.readAll()
      return .file(file, etag: copied.etag)
    } catch S3Error.cannotWrite(let code) {
      throw StoreError("cannot write to the store", code: code)
    } catch let error as S3Error {
      throw Problem.unavailable("The upload store does not answer as it should: \(error)")
    }
  }

  func discard(_ upload: ID<Upload>) -> Bool {
    do {
      try client.delete(Self.key(upload))
      return true
    } catch {
      // Of a completed upload it is left to the bucket's own lifecycle rule.
      Logger.assay.warning(
        "not deleted", metadata: ["upload": "\(upload)", "error": "\(error)"])
      return false
    }
  }

  private static func key(_ upload: ID<Upload>) -> String { "incoming/\(upload)" }
}
