package import Imaging
package import Storage

internal import Synchronization

/// The state that all threads of a process share.
package final class Site: Sendable {
  /// The operator's settings.
  package let config: Config
  /// The store of pictures.
  package let store: Store
  /// Ensures that the store is the one that the database names.
  package let watch: StoreWatch
  /// The decoder processes, one for each request or chunk with pictures.
  package let decoders: DecoderPool
  /// Starts a process for each archive.
  package let archives: ArchiveReader
  /// The external issuer whose tokens are also accepted; nil for none.
  package let issuer: ExternalIssuer?
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
    store = Store(config.store)
    watch = StoreWatch(store)
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
  package func uploadStore() throws -> any UploadStore {
    try store.uploads(to: config.s3, publicURL: config.publicURL, key: config.tokenKey)
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
  package var detectorHealth: String {
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
