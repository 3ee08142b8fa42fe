internal import Imaging
internal import Postgres
internal import Storage
internal import Vocabulary

/// The state of an announced upload, as it is stored.
enum UploadState: String, PostgresEncodable, PostgresDecodable {
  case presigned, completed, rejected, expired
}

/// Every SQL statement about announced uploads.
enum UploadQueries {
  /// Announces a file.
  /// - Parameter size: the maximum number of bytes.
  static func insert(
    _ upload: ID<Upload>, _ file: Presigned.AnnouncedFile, size: Int, in project: ID<Project>,
    of organization: ID<Organization>, by account: ID<Account>, until expiry: Timestamp,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      insert into upload (
        upload_id, organization_id, project_id, account_id, filename, content_type,
        announced_bytes, filename_encoding, expires_at)
      values (
        \(upload), \(organization), \(project), \(account), \(file.filename),
        \(file.contentType.rawValue), \(size), \(file.nameEncoding?.rawValue), \(expiry))
      """)
  }

  /// Serializes an account's announcements until the transaction ends.
  static func lockAnnouncements(of account: ID<Account>, _ db: Connection) throws(PostgresError) {
    try db.run("select pg_advisory_xact_lock(hashtextextended(\(account.description), 5))")
  }

  /// Returns the number of an account's open uploads; an archive counts as ten files.
  static func countOpen(of account: ID<Account>, _ db: Connection) throws(PostgresError) -> Int {
    try db.one(
      """
      select coalesce(sum(case content_type when 'application/zip' then 10 else 1 end), 0)::int8
      from upload
      where \(UsageQueries.isOpenUpload) and account_id = \(account)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// An announced upload.
  struct Announced {
    let state: UploadState
    let filename: String
    let contentType: AnnouncedType
    /// The announced encoding of the names in an archive.
    let nameEncoding: NameEncoding?
    /// The recorded reason why not every file was taken.
    let reason: String?

    var isArchive: Bool { contentType == .zip }
  }

  /// Returns an account's upload to a project, or nil when there is none.
  static func find(
    _ upload: ID<Upload>, in project: ID<Project>, by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Announced? {
    try db.first(
      """
      select state, filename, content_type, filename_encoding, reason from upload
      where upload_id = \(upload) and project_id = \(project) and account_id = \(account)
      """
    ) { row throws(PostgresError) in
      let (state, filename) = (try row.next(UploadState.self), try row.next(String.self))
      let type = try row.next(AnnouncedType.self)
      let encoding = try row.next(String?.self).flatMap { NameEncoding(named: $0) }
      return try Announced(
        state: state, filename: filename, contentType: type, nameEncoding: encoding,
        reason: row.next())
    }
  }

  /// Locks an open upload; false when it is no longer open.
  static func lock(_ upload: ID<Upload>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.first(
      """
      select true from upload
      where upload_id = \(upload) and \(UsageQueries.isOpenUpload)
      for update
      """
    ) { row throws(PostgresError) in try row.next(Bool.self) } ?? false
  }

  /// Sets the final state of an upload.
  static func finish(
    _ upload: ID<Upload>, as state: UploadState, reason: String?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update upload set state = \(state)::upload_state, reason = \(reason)
      where upload_id = \(upload) and \(UsageQueries.isOpenUpload)
      """)
  }
}
