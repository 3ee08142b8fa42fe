internal import COwnership
internal import Glibc

/// The owners of a store on a server, where the API, the workers and nginx are different users.
///
/// The workers own the directories. In those that the API writes to, the sticky bit lets it remove
/// only files that it owns; `Seal` gives these to the workers. nginx is not in the API's group: it
/// may enter a directory of which it knows the name, and reads files by the group `web`.
package struct StoreOwners: Sendable {
  /// The user of the workers.
  let worker: uid_t
  /// The group of the API and the workers.
  let service: gid_t
  /// The group of the API, the workers and nginx.
  let web: gid_t

  /// The mode of an original that belongs to the workers.
  static let sealedMode: mode_t = 0o440

  /// The error when the user or a group does not exist.
  package struct Missing: Error, CustomStringConvertible {
    fileprivate let account: String

    package var description: String {
      "There is no \(account): make it with `systemd-sysusers` as docs/deploying.md says, or name "
        + "another one."
    }
  }

  /// Looks up the user and the groups by their names.
  /// - Throws: `Missing` when one does not exist.
  package init(worker: String?, service: String, web: String) throws(Missing) {
    self.worker = try Self.user(worker)
    (self.service, self.web) = (try Self.group(service), try Self.group(web))
  }

  private static func user(_ name: String?) throws(Missing) -> uid_t {
    guard let name else { return geteuid() }
    guard let entry = getpwnam(name) else { throw Missing(account: "user \(name)") }
    return entry.pointee.pw_uid
  }

  private static func group(_ name: String) throws(Missing) -> gid_t {
    guard let entry = getgrnam(name) else { throw Missing(account: "group \(name)") }
    return entry.pointee.gr_gid
  }

  /// Creates the directories of a store, and sets owners, groups and modes that differ; those of
  /// nginx are left to systemd-tmpfiles.
  package func prepare(_ root: String) throws {
    try set(root, group: web, StoreFolder.storeMode)
    for folder in StoreFolder.allCases where !folder.isOfNginx {
      try make("\(root)/\(folder)", folder.mode)
      guard folder.hasParts else { continue }
      for part in Store.folders { try make("\(root)/\(folder)/\(part)", 0o1771) }
    }
    try Store.sync(root)
  }

  /// Whether a file belongs to the workers already.
  func hasSealed(_ status: stat) -> Bool {
    status.st_uid == worker && status.st_gid == web && status.st_mode & 0o7777 == Self.sealedMode
  }

  /// Gives an original in an open directory to the workers; false when it was theirs, or is gone.
  func seal(_ name: String, in directory: Int32) throws(StoreError) -> Bool {
    let changed = ownership_set(directory, name, S_IFREG, worker, web, Self.sealedMode)
    guard changed < 0 else { return changed == 1 }
    guard errno == ENOENT || errno == ENOTSUP else { throw StoreError("seal") }
    return false
  }

  private func make(_ path: String, _ mode: mode_t) throws {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StoreError(path) }
    try set(path, group: service, mode)
  }

  private func set(_ path: String, group: gid_t, _ mode: mode_t) throws {
    guard ownership_set(AT_FDCWD, path, S_IFDIR, worker, group, mode) >= 0 else {
      throw StoreError(path)
    }
  }
}

extension Store {
  /// The names of the directories of blobs and previews.
  static let folders = (UInt8.min...UInt8.max).map { byte in
    String(UInt16(byte) + 0x100, radix: 16).dropFirst()
  }

  /// Works on files as the service's user, who owns the store, when root runs this.
  ///
  /// New files then belong to that user. A symbolic link in the store gives no access to files that
  /// this user cannot change.
  package func asOwner<Result>(_ work: () throws -> Result) rethrows -> Result {
    var status = stat()
    guard geteuid() == 0, stat(root, &status) == 0 else { return try work() }
    // Without root's capabilities, for this thread only; connections still come from root.
    var (user, group) = (status.st_uid, status.st_gid)
    ownership_act_as(&user, &group)
    defer { ownership_act_as(&user, &group) }
    return try work()
  }
}
