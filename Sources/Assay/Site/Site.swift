package import Imaging

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
    if let s3 = config.s3 { return try S3Uploads(store, s3) }
    return LocalUploads(store: store, publicURL: config.publicURL, key: config.tokenKey)
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
