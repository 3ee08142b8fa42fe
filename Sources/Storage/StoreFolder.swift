internal import Glibc

/// The folders of a store, and their rights on a server (`StoreOwners`).
package enum StoreFolder: String, CaseIterable, Sendable {
  /// Originals, in a folder for each first byte of their digests.
  case blobs
  /// Previews, in such folders too.
  case previews
  /// Files that the service writes or receives.
  case tmp
  /// Files that nginx receives.
  case arriving
  /// Files that nginx has received.
  case incoming
  /// Files that have changed.
  case damaged
  /// Files without rows.
  case doomed

  /// The mode of the store itself on a server.
  package static let storeMode: UInt32 = 0o750

  /// The mode on a server.
  package var mode: UInt32 {
    switch self {
    case .blobs, .previews: 0o751
    // Not sticky: the API takes files that nginx owns through `tmp`.
    case .tmp, .doomed: 0o770
    case .damaged: 0o700
    // Files get the folder's group.
    case .arriving, .incoming: 0o2770
    }
  }

  /// Whether nginx writes to it; on a server systemd-tmpfiles makes such a folder.
  ///
  /// nginx makes itself the owner of `arriving`, and both folders pass their group on to files,
  /// which a sandboxed process may not set up.
  package var isOfNginx: Bool { self == .arriving || self == .incoming }

  /// Whether it has a folder for each first byte.
  var hasParts: Bool { self == .blobs || self == .previews }
}
