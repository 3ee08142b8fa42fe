internal import HTTP
internal import Imaging
internal import Site
internal import Storage

/// Reads the files of an archive, a source for the intake; paths in the archive are never used.
struct ArchiveFile {
  private let site: Site
  private let names: NameEncoding?
  private let budget: IntakeBudget

  /// One complete or refused file of an archive.
  enum Entry {
    case file(IncomingFile, named: String)
    case refused(String, Refusal.Reason)
  }

  init(_ site: Site, _ names: NameEncoding?, _ budget: IntakeBudget) {
    self.site = site
    self.names = names
    self.budget = budget
  }

  /// Passes every file to `handle`; errors of the archive itself are refusals with its own name.
  /// - Throws: 503 when archives cannot be read now.
  func read(
    _ archive: IncomingFile, named name: String, _ handle: (Entry) throws -> Void
  ) throws {
    var isEmpty = true
    do {
      var open: (name: String, file: IncomingFile)?
      try site.archives.read(archive.descriptor, names: names) { event in
        let current = open?.name ?? name
        do {
          guard let entry = try take(event, of: name, &open) else { return }
          isEmpty = false
          try handle(entry)
        } catch let error as StoreError {
          // Skip the rest of this file.
          open = nil
          isEmpty = false
          try handle(.refused(current, .store(error)))
        }
      }
      if isEmpty { try handle(.refused(name, .emptyArchive)) }
    } catch let spent as IntakeBudget.Spent {
      try handle(.refused(name, .archiveBudget(spent)))
    } catch let failure as DecodeFailure {
      try handle(.refused(name, Self.reason(failure)))
    }
  }

  /// Returns the entry that an event completes or refuses, or nil.
  private func take(
    _ event: ArchiveReader.Event, of archive: String,
    _ open: inout (name: String, file: IncomingFile)?
  ) throws -> Entry? {
    switch event {
    case .begin(let name):
      try budget.spendFile()
      open = (Filename.cleaned(name), try site.store.incoming())
    case .data(let bytes): try open?.file.append(bytes)
    case .end:
      guard let (name, file) = open else { return nil }
      open = nil
      try file.flush()
      return .file(file, named: name)
    case .broken(let sentence):
      defer { open = nil }
      return open.map { .refused($0.name, .unreadable(sentence)) }
    case .refused(let name, let sentence):
      try budget.spendFile()
      return .refused(Filename.cleaned(name), .unreadable(sentence))
    case .stopped(let sentence): return .refused(archive, .unreadable(sentence))
    }
    return nil
  }

  private static func reason(_ failure: DecodeFailure) throws(Problem) -> Refusal.Reason {
    switch failure {
    case .refused(let sentence): return .unreadable(sentence)
    case .timedOut: return .archiveTooSlow
    case .crashed, .tooLarge: return .archiveCrashed
    case .unavailable: throw .unavailable("Archives cannot be read now: try again in a moment.")
    }
  }
}
