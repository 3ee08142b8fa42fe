internal import Glibc
internal import Imaging
internal import Postgres
internal import Site
internal import Storage

/// Checks everything that a program needs before it starts: settings, secrets, folders, the decoder,
/// the database and the store.
package struct SetupCheck {
  /// A program of a systemd unit.
  package enum Program: String, CaseIterable, Sendable {
    case serve, work, scrub, migrate, audit

    /// Whether it reads the pictures.
    var usesStore: Bool { self != .migrate && self != .audit }

    /// The role of its connections.
    var role: DatabaseRole {
      switch self {
      case .serve: .application
      case .work, .scrub: .worker
      case .migrate, .audit: .owner
      }
    }
  }

  /// One thing that is wrong.
  package struct Fault: Equatable, Sendable {
    /// One sentence for the operator.
    package let sentence: String
    /// Whether the program should not start: no waiting and no other unit mends it.
    package let isLasting: Bool
  }

  private let program: Program?
  private let environment: (String) -> String?
  private let names: [String]

  /// Makes a check of a program's needs; nil: of all programs, over the owner's connection.
  package init(
    of program: Program?, environment: @escaping (String) -> String? = Config.environment,
    names: [String] = SettingNames.environment
  ) {
    (self.program, self.environment, self.names) = (program, environment, names)
  }

  /// Returns all faults; an empty list when everything is there.
  package func faults() -> [Fault] {
    let names = SettingNames.faults(in: names).map { Fault(sentence: $0, isLasting: true) }
    return names + settingFaults() + sqlFaults() + databaseFaults()
  }

  private var usesStore: Bool { program?.usesStore ?? true }

  private func value(_ name: String) -> String? {
    environment(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  private func settingFaults() -> [Fault] {
    guard usesStore else {
      let absent = value("ASSAY_DATABASE") == nil ? [lasting("ASSAY_DATABASE is not set.")] : []
      return absent + connectionFaults()
    }
    var sentences: [String] = []
    do {
      _ = try Config(environment: environment)
    } catch {
      sentences = (error as? ConfigError)?.sentences ?? ["\(error)"]
    }
    return sentences.map(lasting) + connectionFaults() + fileFaults() + decoderFaults()
      + storeFaults()
  }

  /// The form of the connection string; a string that libpq cannot parse never works.
  private var connectionFault: String? {
    value("ASSAY_DATABASE").flatMap { ConnectionString.fault(in: $0) }
  }

  private func connectionFaults() -> [Fault] {
    if let connectionFault {
      return [lasting("ASSAY_DATABASE must be a connection string of libpq: \(connectionFault)")]
    }
    guard let user = value("ASSAY_DATABASE").flatMap({ ConnectionString.user(in: $0) })
    else { return [] }
    return [
      Fault(
        sentence: "ASSAY_DATABASE: user=\(user) has no effect, because each program has a role of "
          + "its own: leave it out.",
        isLasting: false)
    ]
  }

  /// Returns the files of settings that cannot be read.
  ///
  /// The issuer's keys are read again later, and the service works without the detector: so these
  /// stop no program.
  private func fileFaults() -> [Fault] {
    let files = [
      ("ASSAY_SMTP_CA", true), ("ASSAY_ISSUER_CA", true), ("ASSAY_S3_CA", true),
      ("ASSAY_ISSUER_JWKS", false), ("ASSAY_AI_MODEL", false), ("ASSAY_ONNX_RUNTIME", false),
    ]
    return files.compactMap { name, isLasting in
      guard let path = value(name), !path.hasPrefix("https://"), access(path, R_OK) != 0
      else { return nil }
      let reason = String(cString: strerror(errno))
      return Fault(
        sentence: "\(name): \(path) cannot be read: \(reason).", isLasting: isLasting)
    }
  }

  private func decoderFaults() -> [Fault] {
    guard program != .scrub, let path = value("ASSAY_DECODE") else { return [] }
    let decoders = DecoderPool(executable: path, size: 1)
    defer { decoders.stop() }
    do {
      try decoders.check()
      return []
    } catch {
      let reason = if case .unavailable(let text) = error { text } else { "\(error)" }
      return [lasting("ASSAY_DECODE: \(path) does not work: \(reason)")]
    }
  }

  private func storeFaults() -> [Fault] {
    guard let path = value("ASSAY_STORE") else { return [] }
    // A user with fewer rights may write only to some folders of the store.
    func code(_ folder: String) -> Int32 {
      access(path + folder, W_OK | X_OK) == 0 ? 0 : errno
    }
    let (store, folders) = (
      code(""), StoreFolder.allCases.filter { !$0.isOfNginx }.map { code("/\($0)") }
    )
    guard store != 0, !folders.contains(0) else { return [] }
    // `assay seal --prepare` makes the folders, for example when the disk is mounted.
    let isUnprepared = store == EACCES && folders.allSatisfy { $0 == ENOENT }
    return [
      Fault(
        sentence: "ASSAY_STORE: \(path) cannot be written: mount the disk of the store at "
          + "/var/lib/assay/store, where the units may write.",
        isLasting: !isUnprepared)
    ]
  }

  private func sqlFaults() -> [Fault] {
    guard program == nil || program == .migrate else { return [] }
    guard let path = value("ASSAY_SQL") else { return [lasting("ASSAY_SQL is not set.")] }
    do {
      try DatabaseSchema.checkFunctions(path)
      _ = try Migrator.names(in: path)
      return []
    } catch {
      return [lasting("ASSAY_SQL: \(error)")]
    }
  }

  private func databaseFaults() -> [Fault] {
    guard let database = value("ASSAY_DATABASE"), connectionFault == nil else { return [] }
    let role = program?.role ?? .owner
    let db = Connection("\(database) user=\(role.rawValue)")
    do {
      return try databaseFaults(db, role)
    } catch let error as PostgresError {
      let start = "The database does not answer the role \(role.rawValue): "
      switch error {
      case .refused(_, let message), .unavailable(let message):
        return [Fault(sentence: start + message, isLasting: error.isSetupFault)]
      default: return [Fault(sentence: "\(start)\(error)", isLasting: false)]
      }
    } catch {
      return [Fault(sentence: "\(error)", isLasting: false)]
    }
  }

  /// Returns what is missing in a database that answers; its owner or another unit mends it.
  private func databaseFaults(_ db: Connection, _ role: DatabaseRole) throws -> [Fault] {
    let sql = value("ASSAY_SQL").flatMap { access($0, R_OK) == 0 ? $0 : nil }
    let check = DatabaseCheck(db, migrations: sql)
    var sentences: [String]
    switch program {
    case .migrate: sentences = try check.faultsBeforeMigration()
    case nil: sentences = try check.faults(of: [.application, .worker])
    default: sentences = try check.faults(of: role == .owner ? [] : [role])
    }
    if usesStore, sentences.isEmpty, let store = value("ASSAY_STORE"),
      let absence = try StoreWatch.examine(Store(store), db)
    {
      sentences = ["ASSAY_STORE: \(store): \(absence)"]
    }
    return sentences.map { Fault(sentence: $0, isLasting: false) }
  }

  private func lasting(_ sentence: String) -> Fault { Fault(sentence: sentence, isLasting: true) }
}
