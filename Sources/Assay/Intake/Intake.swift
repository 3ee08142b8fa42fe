internal import HTTP
internal import Imaging
internal import Logging
internal import Site
internal import Storage
internal import Vocabulary
internal import Web

/// Passes the files of one request through the stages.
///
/// Each file is recognized, examined and kept, or refused with a reason; a refusal does not stop
/// the others. `Recorder` makes items from the kept files. Forms, archives, text files, announced
/// uploads and imports are the sources of files.
final class Intake {
  private var kept: [StoredBytes] = []
  private(set) var refused: [Refusal] = []
  /// The last error of the store, which prevented a file from being stored.
  private(set) var fault: StoreError?
  /// The form's options for text files.
  var textOptions = TextOptions.plain
  /// The encoding of names in archives, if the client specifies it.
  var names: NameEncoding?

  let recognizer: Recognizer
  private let site: Site
  private let examiner: Examiner
  private let keeper: Keeper
  private let previews: PreviewBatch
  private var inspected = 0
  private let budget: IntakeBudget

  /// The number of files per request whose inspections stay in memory, 7 KB each; quality control
  /// inspects the other pictures.
  private static let mostInspected = 2000

  /// Makes an intake.
  /// - Parameters:
  ///   - examiner: shared by the intakes of one request; nil for a new one.
  ///   - budget: shared by the intakes of one request.
  init(
    _ context: Context, _ rule: IntakeRule, _ examiner: Examiner? = nil,
    _ budget: IntakeBudget = .init()
  ) throws {
    site = context.site
    recognizer = Recognizer(rule, try site.sniffer())
    self.examiner = try examiner ?? Examiner(context, rule.types)
    keeper = Keeper(site.store)
    previews = PreviewBatch(site.store)
    self.budget = budget
  }

  /// Whether the request has time for another file.
  var hasTime: Bool { examiner.hasTime }

  /// Takes a complete file.
  /// - Parameters:
  ///   - kind: nil to recognize it.
  ///   - etag: the client's etag, if given.
  ///   - isAgain: whether the file was probably uploaded before; a known file is not decoded again.
  /// - Throws: 503 when archives cannot be read now; nothing may be recorded then.
  func take(
    _ file: IncomingFile, named name: String, as kind: FileKind? = nil, etag: String? = nil,
    isAgain: Bool = false
  ) throws {
    do {
      switch kind ?? recognizer.kind(of: file.head, named: name) {
      case .archive: try takeArchive(file, named: name)
      case .text where file.size == 0: refuse(name, .empty)
      case _ where file.size > site.config.fileLimit:
        refuse(name, .tooLarge(limit: site.config.fileLimit))
      case .text(let format): try takeTexts(file, named: name, in: format)
      case .picture(let type):
        switch try examiner.examine(file, as: type, etag: etag, isAgain: isAgain) {
        case .picture(var picture, let sha256, let made):
          if inspected >= Self.mostInspected { picture.inspection = nil }
          if picture.inspection != nil { inspected += 1 }
          kept.append(try keeper.keep(file, picture, as: sha256, named: name))
          if let made { later { try previews.add(made, of: sha256) } }
        case .refused(let reason): refuse(name, reason)
        }
      }
    } catch let error as StoreError {
      refuse(name, .store(error))
    }
  }

  /// Makes the previews of kept pictures durable; returns the kept files.
  func settle() -> [StoredBytes] {
    later { try previews.settle() }
    return kept.map { $0.previewed(previews.settled.contains($0.sha256)) }
  }

  /// Runs a step of storing previews; when it fails, `PreviewJob` makes them later.
  private func later(_ step: () throws -> Void) {
    do {
      try step()
    } catch {
      Logger.assay.warning("previews were not stored", metadata: ["error": "\(error)"])
    }
  }

  /// Records that a file is refused.
  func refuse(_ name: String, _ reason: Refusal.Reason) {
    if case .store(let error) = reason {
      Logger.assay.error("a file was not stored", metadata: ["error": "\(error)"])
      fault = error
    }
    refused.append(Refusal(name, reason))
  }

  /// The error for a request of which no file was taken.
  var problem: Problem {
    if let fault { return fault.problem }
    guard !refused.isEmpty else {
      return .badRequest("The form has no file in the field \"files\".")
    }
    if refused.contains(where: \.reason.isBusy) {
      return .unavailable("The images could not be checked: try again in a moment.")
    }
    return .badRequest("No file was accepted. " + Refusal.list(refused))
  }

  private func takeArchive(_ archive: IncomingFile, named name: String) throws {
    try ArchiveFile(site, names, budget).read(archive, named: name) { entry in
      switch entry {
      case .file(let file, let name):
        let kind = recognizer.kind(of: file.head, named: name, isInArchive: true)
        // After the time limit clients send the archive again, and known files are then skipped
        // quickly.
        try take(file, named: name, as: kind, isAgain: true)
      case .refused(let name, let reason): refuse(name, reason)
      }
    }
  }

  private func takeTexts(
    _ file: IncomingFile, named name: String, in format: TextFormat
  ) throws {
    let batch = FileBatch(site.store)
    var texts: [StoredBytes] = []
    var sentences: [String] = []
    try TextFile(format, textOptions, budget).read(file, named: name) { part in
      switch part {
      case .text(let text, let name):
        texts.append(StoredBytes(text: try batch.add(text), size: text.count, named: name))
      case .refused(let sentence): sentences.append(sentence)
      }
    }
    try batch.settle()
    kept += texts
    for sentence in sentences { refuse(name, .text(sentence)) }
  }
}
