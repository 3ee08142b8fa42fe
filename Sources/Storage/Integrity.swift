package import Cryptography
package import Postgres

internal import Glibc
internal import Logging
internal import Vocabulary

/// Reads stored files again, and moves changed ones aside.
///
/// All code that processes a blob opens it here, so that bit rot is found and does not spread.
package struct Integrity {
  private let store: Store
  private let db: Connection

  /// The state of a stored file.
  package enum Finding {
    case intact, changed, missing
  }

  /// Makes a check.
  /// - Parameter db: the worker's connection, or the owner's.
  package init(_ store: Store, _ db: Connection) {
    self.store = store
    self.db = db
  }

  /// Opens a blob's file; nil when its bytes have changed, which is then recorded.
  ///
  /// The caller closes the descriptor.
  package func open(_ sha256: Digest) throws -> Int32? {
    let descriptor = try store.open(sha256)
    do {
      if try digest(of: descriptor, pace: { _ in }) == sha256 {
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
      }
      try setAside(sha256, descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    close(descriptor)
    return nil
  }

  /// Reads a file from disk and compares it with its digest.
  /// - Parameter pace: called with the size of each piece, to limit the rate.
  package func check(_ sha256: Digest, pace: (Int) -> Void) throws -> Finding {
    guard let descriptor = try store.openIfPresent(sha256) else { return .missing }
    defer { close(descriptor) }
    // Drops the file from the page cache, which would hide damage on disk, and frees it for others.
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    defer { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
    if try digest(of: descriptor, pace: pace) == sha256 { return .intact }
    return try setAside(sha256, descriptor) ? .changed : .intact
  }

  /// Moves a changed file aside and marks its rows; false when good bytes have come meanwhile.
  @discardableResult
  private func setAside(_ sha256: Digest, _ descriptor: Int32) throws -> Bool {
    let isDamaged = try Removal.transaction(db) { db in
      guard try store.quarantine(sha256, descriptor) else { return false }
      _ = try BlobQueries.markDamaged(sha256, db)
      return true
    }
    guard isDamaged else { return false }
    Logger.assay.error("stored bytes have changed", metadata: ["sha256": "\(Hex.encode(sha256))"])
    return true
  }

  /// Returns the SHA-256 of a file, or nil when the disk cannot read it.
  private func digest(of descriptor: Int32, pace: (Int) -> Void) throws -> Digest? {
    let hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return hash.finish() }
      if count < 0, errno == EIO { return nil }
      guard count > 0 || errno == EINTR else { throw StoreError("cannot read a stored file") }
      piece.withUnsafeBytes {
        hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(max(0, count))))
      }
      pace(max(0, count))
    }
  }
}

/// Limits reading to a number of bytes per second.
package struct Pace {
  private let rate: Int
  private let began = ContinuousClock.now
  private var bytes = 0

  /// Starts with a limit in bytes per second.
  package init(rate: Int) { self.rate = max(1, rate) }

  /// Waits until this number of further bytes is within the limit.
  package mutating func wait(for count: Int) {
    bytes += count
    let due = Duration.microseconds(Int(Double(bytes) / Double(rate) * 1_000_000))
    while case let rest = due - (ContinuousClock.now - began), rest > .zero {
      let (seconds, fraction) = rest.components
      var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(fraction / 1_000_000_000))
      nanosleep(&time, nil)
    }
  }
}
