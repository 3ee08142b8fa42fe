package import HTTP
package import S3
package import Vocabulary

internal import Glibc
internal import Logging

/// The destination of announced uploads: this host's nginx, or an S3-compatible store.
package protocol UploadStore {
  /// Returns the address to which one file of this type may be sent.
  /// - Parameters:
  ///   - size: the maximum size of the file in bytes.
  ///   - isExact: whether the client gave this size.
  ///   - expires: the end of its validity, in seconds since 1970.
  func address(
    of upload: ID<Upload>, type: AnnouncedType, size: Int, isExact: Bool, expires: Int,
    for request: Request
  ) throws -> String
  /// Whether no byte has arrived; false when checking would be expensive.
  func isEmpty(_ upload: ID<Upload>) -> Bool
  /// Returns the bytes that have arrived.
  /// - Parameter limit: the maximum number of bytes.
  func fetch(_ upload: ID<Upload>, limit: Int) throws -> Arrival
  /// Discards the bytes that have arrived; false when that is not possible now.
  @discardableResult
  func discard(_ upload: ID<Upload>) -> Bool
}

extension Store {
  /// Returns the destination of announced uploads: the bucket, or this host when there is none.
  /// - Parameters:
  ///   - publicURL: the origin of this host's addresses; nil: the one that the request came to.
  ///   - key: the key that signs this host's addresses.
  package func uploads(
    to bucket: S3Configuration?, publicURL: String?, key: [UInt8]
  ) throws -> any UploadStore {
    if let bucket { return try S3Uploads(self, bucket) }
    return LocalUploads(store: self, publicURL: publicURL, key: key)
  }
}

/// The result of fetching an announced upload.
package enum Arrival {
  case nothing
  /// Larger than allowed; its bytes are not read.
  case tooLarge
  /// The complete file, with the etag that the store assigned.
  case file(IncomingFile, etag: String?)
}

/// An upload store in which nginx writes to the store's own file system.
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

/// An upload store in a bucket; completing an upload copies the bytes into our store.
struct S3Uploads: UploadStore {
  private let store: Store
  private let signer: S3Signer
  private let client: S3Client

  init(_ store: Store, _ configuration: S3Configuration) throws {
    self.store = store
    signer = S3Signer(configuration)
    client = try S3Client(configuration)
  }

  /// Returns the address; the bucket accepts exactly `size` bytes, or any number.
  ///
  /// A presigned address cannot have an upper limit.
  func address(
    of upload: ID<Upload>, type: AnnouncedType, size: Int, isExact: Bool, expires: Int,
    for request: Request
  ) throws -> String {
    let now = time(nil)
    return try signer.presign(
      .put(contentType: type.rawValue, length: isExact ? size : nil), key: Self.key(upload),
      expires: expires - now, at: now)
  }

  /// False, because the bucket would have to be asked, and could still receive bytes afterwards.
  func isEmpty(_ upload: ID<Upload>) -> Bool { false }

  /// Copies the object.
  ///
  /// The address can be used again until it expires, so only a copy can be verified reliably.
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
      throw Problem.unavailable("The storage of uploads does not work: \(error)")
    }
  }

  func discard(_ upload: ID<Upload>) -> Bool {
    do {
      try client.delete(Self.key(upload))
      return true
    } catch {
      // The objects of completed uploads are left to the bucket's lifecycle rule.
      Logger.assay.warning(
        "uploaded object not deleted", metadata: ["upload": "\(upload)", "error": "\(error)"])
      return false
    }
  }

  private static func key(_ upload: ID<Upload>) -> String { "incoming/\(upload)" }
}
