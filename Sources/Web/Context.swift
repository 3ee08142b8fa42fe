package import HTTP
package import Postgres
package import Site
package import Storage

internal import Cryptography
internal import Glibc
internal import Vocabulary

/// Everything that one thread works with; it never leaves the thread.
package final class Context {
  /// The shared parts.
  package let site: Site
  /// The application's connection: sees what the scope of the current request allows.
  package let db: Connection
  private var isScoped = true
  private let tokens: TokenCache
  /// The sessions whose use this thread has noted, and when, in seconds since 1970.
  private var noted: [ID<Session>: Int] = [:]
  /// The remaining time of the upload that this thread works on; nil where nobody waits for it.
  package private(set) var budget: UploadBudget?
  private var openStore: (any UploadStore)?

  /// A context whose connection opens with its first statement.
  package init(_ site: Site, database: String? = nil) {
    self.site = site
    var settings = ConnectionSettings()
    settings.arePlansKept = true
    db = Connection(database ?? site.config.database(as: .application), settings: settings)
    tokens = TokenCache(key: site.config.tokenKey)
  }

  /// Does the work of an upload within the bounds that keep the service answering.
  /// - Throws: 503 when too many are under way.
  package func uploading(_ work: () throws -> Response) throws -> Response {
    try site.uploads.admit { budget in
      self.budget = budget
      defer { self.budget = nil }
      return try work()
    }
  }

  /// Checks that the store is there, before anything of a request is done.
  /// - Throws: `StoreAbsence` when its disk is not mounted.
  package func expectStore() throws {
    guard !site.watch.isConfirmed else { return }
    try withoutScope { try site.watch.expect($0) }
  }

  /// Runs statements about the database as a whole, outside the scope of a request.
  package func withoutScope<Result>(_ run: (Connection) throws -> Result) throws -> Result {
    leave()
    return try run(db)
  }

  /// Where announced uploads arrive.
  package func uploadStore() throws -> any UploadStore {
    if let openStore { return openStore }
    let store = try site.uploadStore()
    openStore = store
    return store
  }

  /// Reads a token's claims; nil when it is not one of ours or has expired.
  func claims(of token: String) -> AccessToken? { tokens.claims(of: token) }

  /// Has the caller's scope opened by the next statement, which fails when the session has ended.
  package func enter(_ caller: Caller) {
    isScoped = true
    db.preface = SessionQueries.admit(caller)
  }

  /// The number of noted sessions at which the notes are cleared.
  private static let mostNoted = 4096

  /// Notes the use of the caller's session, unless this thread has done so a short time ago.
  func noteUse(by caller: Caller, _ request: Request) throws(PostgresError) {
    guard let session = caller.session else { return }
    let now = time(nil)
    if let last = noted[session], now - last < SessionQueries.secondsBetweenNotes { return }
    try SessionQueries.noteUse(of: session, from: request.remoteAddress, db)
    if noted.count >= Self.mostNoted { noted.removeAll(keepingCapacity: true) }
    noted[session] = now
  }

  /// Makes sure that the session lives, even if no statement has needed it.
  /// - Throws: `.refused` with the state AS401 when it does not.
  func confirm() throws(PostgresError) { try db.runPreface() }

  /// Has the last request's scope taken away by the next statement, of a request without a session.
  func leave() {
    guard isScoped else { return }
    isScoped = false
    db.preface = SessionQueries.leave
  }
}
