package import Imaging
package import Postgres

internal import Cryptography
internal import HTTP
internal import Synchronization

/// Everything that the threads of a process share.
package final class Site: Sendable {
  /// The operator's settings.
  package let config: Config
  /// The stored pictures.
  package let store: Store
  /// The children that decode, one for each request or chunk that has pictures.
  package let decoders: DecoderPool
  /// Starts a child for each archive.
  package let archives: ArchiveReader
  /// The external issuer whose tokens are accepted too; nil for none.
  let issuer: ExternalIssuer?
  /// Bounds password hashing.
  package let passwords: PasswordGate
  /// Bounds the long lists that are being sent.
  package let lists: ListGate
  /// Bounds what uploads hold.
  package let uploads: UploadGate
  private let loadedSniffer = Mutex<Sniffer?>(nil)
  private let loadedDetector = Mutex<Detector.State?>(nil)

  /// The shared parts that these settings ask for.
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

  /// Where announced uploads arrive; each thread has its own.
  func uploadStore() throws -> any UploadStore {
    if let s3 = config.s3 { try S3Uploads(self, s3) } else { LocalUploads(site: self) }
  }

  /// The recognizer of file types, loaded by the first upload.
  package func sniffer() throws -> Sniffer {
    try loadedSniffer.withLock { loaded in
      let sniffer = try loaded ?? Sniffer()
      loaded = sniffer
      return sniffer
    }
  }

  /// The operator's detector, loaded when it is first asked for.
  @discardableResult
  package func detector() -> Detector.State {
    loadedDetector.withLock { loaded in
      let state = loaded ?? Detector.load(config.detector)
      loaded = state
      return state
    }
  }

  /// `off`, `on` or `unavailable`; only a process that has loaded the detector knows that it works,
  /// the others that its files are there.
  var detectorHealth: String {
    switch loadedDetector.withLock(\.self) {
    case .off: "off"
    case .ready: "on"
    case .broken: "unavailable"
    case nil: config.detector.map { $0.isThere ? "on" : "unavailable" } ?? "off"
    }
  }

  /// Ends the decoders.
  package func stop() { decoders.stop() }
}

/// Everything that one thread works with; it never leaves the thread.
package final class Context {
  /// The shared parts.
  package let site: Site
  /// The application's connection: sees what the scope of the current request allows.
  package let db: Connection
  private var isScoped = true
  private let tokens: TokenCache
  /// The remaining time of the upload that this thread works on; nil where nobody waits for it.
  private(set) var budget: UploadBudget?
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
  func uploading(_ work: () throws -> Response) throws -> Response {
    try site.uploads.admit { budget in
      self.budget = budget
      defer { self.budget = nil }
      return try work()
    }
  }

  /// Where announced uploads arrive.
  func uploadStore() throws -> any UploadStore {
    if let openStore { return openStore }
    let store = try site.uploadStore()
    openStore = store
    return store
  }

  /// Reads a token's claims; nil when it is not one of ours or has expired.
  func claims(of token: String) -> AccessToken? { tokens.claims(of: token) }

  /// Has the caller's scope opened by the next statement, which fails when the session is over.
  func enter(_ caller: Caller) {
    isScoped = true
    db.preface = SessionQueries.admit(caller)
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
