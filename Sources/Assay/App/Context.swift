package import Imaging
package import Postgres

internal import Cryptography
internal import HTTP
internal import Synchronization

/// The state that all threads of a process share.
package final class Site: Sendable {
  /// The operator's settings.
  package let config: Config
  /// The store of pictures.
  package let store: Store
  /// The decoder processes, one for each request or chunk with pictures.
  package let decoders: DecoderPool
  /// Starts a process for each archive.
  package let archives: ArchiveReader
  /// The external issuer whose tokens are also accepted; nil for none.
  let issuer: ExternalIssuer?
  /// Limits concurrent password hashing.
  package let passwords: PasswordGate
  /// Limits the number of long lists that are sent at once.
  package let lists: ListGate
  /// Limits the resources of uploads.
  package let uploads: UploadGate
  private let loadedSniffer = Mutex<Sniffer?>(nil)
  private let loadedDetector = Mutex<Detector.State?>(nil)

  /// Makes the shared parts from the settings.
  package init(_ config: Config) throws {
    self.config = config
    store = try Store(config.store)
    decoders = DecoderPool(executable: config.decode, size: 2)
    archives = ArchiveReader(
      executable: config.decode,
      limits: ArchiveLimits(
        entryBytes: config.fileLimit, wallSeconds: IntakeBudget.seconds,
        cpuSeconds: IntakeBudget.seconds))
    issuer = config.issuer.map(ExternalIssuer.init)
    passwords = PasswordGate(mostWaiting: max(1, config.threads - 2))
    lists = ListGate(threads: config.threads)
    // Lists and uploads together must leave a thread free for short requests.
    uploads = UploadGate(
      threads: config.threads - lists.places, seconds: .seconds(config.uploadSeconds))
  }

  /// Returns a destination for announced uploads; each thread has its own.
  func uploadStore() throws -> any UploadStore {
    if let s3 = config.s3 { try S3Uploads(self, s3) } else { LocalUploads(site: self) }
  }

  /// Returns the recognizer of file types, which the first upload loads.
  package func sniffer() throws -> Sniffer {
    try loadedSniffer.withLock { loaded in
      let sniffer = try loaded ?? Sniffer()
      loaded = sniffer
      return sniffer
    }
  }

  /// Returns the operator's detector, which the first call loads.
  @discardableResult
  package func detector() -> Detector.State {
    loadedDetector.withLock { loaded in
      let state = loaded ?? Detector.load(config.detector)
      loaded = state
      return state
    }
  }

  /// The state of the detector: `off`, `on` or `unavailable`.
  ///
  /// A process that has not loaded the detector knows only whether its files exist.
  var detectorHealth: String {
    switch loadedDetector.withLock(\.self) {
    case .off: "off"
    case .ready: "on"
    case .broken: "unavailable"
    case nil: config.detector.map { $0.isThere ? "on" : "unavailable" } ?? "off"
    }
  }

  /// Stops the decoders.
  package func stop() { decoders.stop() }
}

/// The state of one thread; it never leaves the thread.
package final class Context {
  /// The shared parts.
  package let site: Site
  /// The application's connection; it sees only the rows in the scope of the current request.
  package let db: Connection
  private var isScoped = true
  private let tokens: TokenCache
  /// The remaining time of this thread's upload; nil when no client waits.
  private(set) var budget: UploadBudget?
  private var openStore: (any UploadStore)?

  /// Makes a context; its connection opens at the first statement.
  package init(_ site: Site, database: String? = nil) {
    self.site = site
    var settings = ConnectionSettings()
    settings.arePlansKept = true
    db = Connection(database ?? site.config.database(as: .application), settings: settings)
    tokens = TokenCache(key: site.config.tokenKey)
  }

  /// Runs an upload within limits that keep the service responsive.
  /// - Throws: 503 when too many uploads run.
  func uploading(_ work: () throws -> Response) throws -> Response {
    try site.uploads.admit { budget in
      self.budget = budget
      defer { self.budget = nil }
      return try work()
    }
  }

  /// Returns this thread's destination for announced uploads.
  func uploadStore() throws -> any UploadStore {
    if let openStore { return openStore }
    let store = try site.uploadStore()
    openStore = store
    return store
  }

  /// Returns a token's claims, or nil when it is not ours or has expired.
  func claims(of token: String) -> AccessToken? { tokens.claims(of: token) }

  /// Sets the caller's scope with the next statement, which fails when the session has ended.
  func enter(_ caller: Caller) {
    isScoped = true
    db.preface = SessionQueries.admit(caller)
  }

  /// Checks the session, even if the request has run no statement.
  /// - Throws: `.refused` with the state AS401 when the session has ended.
  func confirm() throws(PostgresError) { try db.runPreface() }

  /// Clears the scope of the last request with the next statement, for requests without a session.
  func leave() {
    guard isScoped else { return }
    isScoped = false
    db.preface = SessionQueries.leave
  }
}
