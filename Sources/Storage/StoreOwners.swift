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

  /// Looks up the user and the groups by their names.
  /// - Throws: `StoreError` when one does not exist.
  package init(worker: String?, service: String, web: String) throws(StoreError) {
    guard let worker else {
      self.worker = geteuid()
      (self.service, self.web) = (try Self.group(service), try Self.group(web))
      return
    }
    guard let entry = getpwnam(worker) else { throw StoreError("user \(worker)", code: ENOENT) }
    self.worker = entry.pointee.pw_uid
    (self.service, self.web) = (try Self.group(service), try Self.group(web))
  }

  private static func group(_ name: String) throws(StoreError) -> gid_t {
    guard let entry = getgrnam(name) else { throw StoreError("group \(name)", code: ENOENT) }
    return entry.pointee.gr_gid
  }

  /// Creates the directories of a store, and sets owners, groups and modes that differ.
  ///
  /// `arriving` and `incoming` are not among them: nginx makes itself the owner of the first, and
  /// both pass their group on to files, which a sandboxed process may not set up. systemd-tmpfiles
  /// makes them.
  package func prepare(_ root: String) throws {
    try set(root, group: web, 0o750)
    // Not sticky: the API takes files that nginx owns through `tmp`.
    for (name, mode) in [("tmp", 0o770), ("damaged", 0o700), ("doomed", 0o770)] {
      try make("\(root)/\(name)", mode_t(mode))
    }
    for name in ["blobs", "previews"] {
      try make("\(root)/\(name)", 0o751)
      for folder in Store.folders { try make("\(root)/\(name)/\(folder)", 0o1771) }
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
