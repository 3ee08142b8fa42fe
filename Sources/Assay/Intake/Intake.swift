internal import HTTP
internal import Imaging
internal import Logging

/// Takes the files of one request, whatever they are: each picture, text and file of an archive is
/// stored or refused with a reason, and none stops the rest.
final class IntakeDesk {
  private(set) var stored: [StoredBytes] = []
  private(set) var refused: [Refusal] = []
  /// Why the store did not take the last of the files that it did not take.
  private(set) var fault: StoreError?
  /// What the form says of its texts.
  var options = TextOptions.plain
  /// The encoding of names in archives, when the client tells it.
  var names: NameEncoding?

  let rule: IntakeRule
  private let site: Site
  private let examiner: Examiner
  private let sniffer: Sniffer
  private let budget: IntakeBudget

  init(_ context: Context, _ rule: IntakeRule, _ budget: IntakeBudget = .init()) throws {
    self.rule = rule
    self.budget = budget
    site = context.site
    examiner = try Examiner(context, rule.types)
    sniffer = try site.sniffer()
  }

  /// Whether the request has time for another file.
  var hasTime: Bool { examiner.hasTime }

  /// What a complete file is to be read as.
  func kind(of file: IncomingFile, named name: String) -> IntakeRule.Kind {
    rule.kind(of: file.head, named: name, sniffer)
  }

  /// The most bytes of a file that begins like this one.
  func limit(of file: IncomingFile, named name: String) -> Int {
    rule.mayBeArchive(file.head, named: name) ? site.config.requestLimit : site.config.fileLimit
  }

  /// Takes a complete file.
  /// - Throws: 503 when the fault is ours; nothing may be recorded then.
  func take(_ file: IncomingFile, named name: String) throws {
    do {
      try take(file, named: name, as: kind(of: file, named: name))
    } catch let error as StoreError {
      refuse(name, error)
    }
  }

  /// Says that a file is not taken.
  func refuse(_ name: String, _ reason: Refusal.Reason) { refused.append(Refusal(name, reason)) }

  /// Says that the store could not take a file: a smaller one may still fit.
  func refuse(_ name: String, _ error: StoreError) {
    Logger.assay.error("a file was not stored", metadata: ["error": "\(error)"])
    refuse(name, .store(error))
    fault = error
  }

  /// Takes every file of an archive; no path in it is ever used.
  func unpack(_ archive: IncomingFile, named name: String) throws {
    let before = stored.count + refused.count
    do {
      var entry: (name: String, file: IncomingFile)?
      try site.archives.read(archive.descriptor, names: names) { event in
        let current = entry?.name ?? name
        do {
          try take(event, of: name, &entry)
        } catch let error as StoreError {
          // The rest of this file passes by unheard.
          refuse(current, error)
          entry = nil
        }
      }
      if stored.count + refused.count == before { refuse(name, .emptyArchive) }
    } catch let spent as IntakeBudget.Spent {
      refuse(name, .archiveBudget(spent))
    } catch let failure as DecodeFailure {
      refuse(name, try Self.reason(failure))
    }
  }

  private func take(
    _ event: ArchiveReader.Event, of archive: String,
    _ entry: inout (name: String, file: IncomingFile)?
  ) throws {
    switch event {
    case .begin(let name):
      try budget.spendFile()
      entry = (Filename.cleaned(name), try site.store.incoming())
    case .data(let bytes): try entry?.file.append(bytes)
    case .end:
      guard let (name, file) = entry else { return }
      entry = nil
      try file.flush()
      let kind = rule.inside.kind(of: file.head, named: name, sniffer)
      // An archive that was too much for one request is sent again, and has to get on.
      try take(file, named: name, as: kind, again: true)
    case .broken(let reason):
      if let (name, _) = entry { refuse(name, .unreadable(reason)) }
      entry = nil
    case .refused(let name, let reason):
      try budget.spendFile()
      refuse(Filename.cleaned(name), .unreadable(reason))
    case .stopped(let reason): refuse(archive, .unreadable(reason))
    }
  }

  private func take(
    _ file: IncomingFile, named name: String, as kind: IntakeRule.Kind, again: Bool = false
  ) throws {
    switch kind {
    case .archive: try unpack(file, named: name)
    case .text where file.size == 0: refuse(name, .empty)
    case _ where file.size > site.config.fileLimit:
      refuse(name, .tooLarge(limit: site.config.fileLimit))
    case .text(let format):
      let outcome = try TextDesk(site.store, options, budget).take(file, named: name, as: format)
      stored += outcome.stored
      for fault in outcome.faults { refuse(name, .text(fault)) }
    case .picture:
      switch try examiner.examine(file, named: name, again: again) {
      case .picture(let picture): stored.append(picture)
      case .refused(let reason): refuse(name, reason)
      }
    }
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
