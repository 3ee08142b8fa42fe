package import Postgres
package import Vocabulary

internal import Glibc
internal import Logging
internal import Synchronization

/// Ensures that the store is the one that the database names.
///
/// The mount point of a disk that is not mounted looks like an empty store. Pictures would be
/// missing, and uploads would fill the wrong disk.
package final class StoreWatch: Sendable {
  private let store: Store
  private let state = Mutex(State())

  private struct State {
    /// The place of the marker that the database has confirmed.
    var confirmed: StoreMarker.Place?
    /// The reason that was logged last.
    var absence: StoreAbsence?
  }

  /// The number of stored files that are looked for in a store without a name.
  private static let sample = 32

  /// Watches a store.
  package init(_ store: Store) { self.store = store }

  /// Whether the store was confirmed and has not been exchanged since.
  package var isConfirmed: Bool {
    guard let place = StoreMarker.place(in: store) else { return false }
    return state.withLock { $0.confirmed == place }
  }

  /// Checks that the store is there; asks the database if it was exchanged since the last time.
  ///
  /// At the first use of a store or a database it gives the store its name.
  /// - Throws: `StoreAbsence` when the store is not there or is another one.
  package func expect(_ db: Connection) throws {
    guard !isConfirmed else { return }
    let place = StoreMarker.place(in: store)
    if let absence = try Self.absence(of: store, db) {
      report(absence)
      throw absence
    }
    try store.prepare()
    // A marker that was exchanged meanwhile has another place, so the next call asks again.
    let confirmed = place ?? StoreMarker.place(in: store)
    state.withLock { ($0.confirmed, $0.absence) = (confirmed, nil) }
  }

  /// Logs a reason once, not with each request.
  private func report(_ absence: StoreAbsence) {
    let isNew = state.withLock { state in
      defer { state.absence = absence }
      return state.absence != absence
    }
    guard isNew else { return }
    Logger.assay.error(
      "store not used", metadata: ["store": "\(store.root)", "error": "\(absence)"])
  }

  /// Returns the reason why a store must not be used, or nil; names it at its first use.
  private static func absence(of store: Store, _ db: Connection) throws -> StoreAbsence? {
    if let named = try StoreMarkerQueries.named(db) {
      return try difference(from: named, store)
    }
    if let absence = try unfitness(of: store, db) { return absence }
    let marker = try StoreMarker.make(in: store)
    let named = try StoreMarkerQueries.claim(marker.id, db)
    return named == marker.id ? nil : .another
  }

  /// Returns the reason why a store is not the named one, without changing anything.
  private static func difference(from named: ID<Store>, _ store: Store) throws -> StoreAbsence? {
    guard let marker = try StoreMarker(of: store) else { return .notMounted }
    return marker.id == named ? nil : .another
  }

  /// Returns the reason why a database without a named store must not take this one.
  ///
  /// This is the first use, the first start of this version, or a restored database.
  private static func unfitness(of store: Store, _ db: Connection) throws -> StoreAbsence? {
    let found = try evidence(for: store, db)
    if found.known > 0 { return found.isConvincing ? nil : .filesMissing }
    return try store.isEmpty() ? nil : .filesUnknown
  }

  /// Looks for some files of the database in a store.
  package static func evidence(for store: Store, _ db: Connection) throws -> Evidence {
    let known = try StoreMarkerQueries.sampledBlobs(most: sample, db)
    return Evidence(known: known.count, present: known.filter { store.size(of: $0) != nil }.count)
  }

  /// The result of a search for some files that the database lists.
  package struct Evidence {
    /// The number of files that were looked for.
    package let known: Int
    /// The number of these that are there.
    package let present: Int

    /// Whether at least half of them are there.
    package var isConvincing: Bool { present * 2 >= known }
  }

  /// Names this store in the database, over the owner's connection; returns its id.
  package static func adopt(_ store: Store, _ db: Connection) throws -> ID<Store> {
    let marker = try StoreMarker.make(in: store)
    try StoreMarkerQueries.set(marker.id, db)
    return marker.id
  }

  /// Returns the reason why the service would not use a store, or nil; changes nothing.
  package static func examine(_ store: Store, _ db: Connection) throws -> StoreAbsence? {
    if let named = try StoreMarkerQueries.named(db) { return try difference(from: named, store) }
    return try unfitness(of: store, db)
  }
}
