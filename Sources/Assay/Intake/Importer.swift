package import Site

internal import Cryptography
internal import Glibc
internal import HTTP
internal import Imaging
internal import Postgres
internal import Storage
internal import Vocabulary
internal import Web

/// Imports a directory's pictures into a project on this host, over the owner's connection.
///
/// Files that the project already has are skipped, so an interrupted import can be repeated.
package final class Importer {
  /// The result for one file.
  package enum Outcome {
    case added
    case skipped
    case refused(String)
  }

  /// The reason why the import cannot start, as one sentence.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  private static let rule = IntakeRule.pictures

  private let context: Context
  private let examiner: Examiner
  private let project: ID<Project>
  private let target: ItemQueries.Target

  /// Makes an import into the project with this id.
  /// - Parameter database: the connection string; by default that of the owner.
  package init(_ site: Site, project: String, database: String? = nil) throws {
    context = Context(site, database: database ?? site.config.database(as: .owner))
    examiner = try Examiner(context, Self.rule.types)
    guard let id = ID<Project>(project),
      let target = try ItemQueries.target(id, context.db)
    else { throw Refusal(description: "There is no request \(project).") }
    (self.project, self.target) = (id, target)
  }

  /// Imports one file, whose bytes are copied.
  package func take(_ path: HostPath) throws -> Outcome {
    let file = try context.site.store.incoming()
    guard try copy(path, into: file) else { return .refused("It cannot be read.") }
    guard file.size <= context.site.config.fileLimit else {
      return .refused("It is larger than \(context.site.config.fileLimit) bytes.")
    }
    let intake = try Intake(context, Self.rule, examiner)
    let kind = FileKind.picture(intake.recognizer.type(of: file.head))
    try intake.take(file, named: Filename.cleaned(path.text), as: kind, isAgain: true)
    if let fault = intake.fault { throw fault }
    if let refusal = intake.refused.first { return .refused(refusal.reason.sentence) }
    return try record(intake.settle()) > 0 ? .added : .skipped
  }

  /// Records a file.
  /// - Throws: `Refusal` when the organization's limits are exceeded.
  private func record(_ kept: [StoredBytes]) throws -> Int {
    do {
      return try Recorder(
        context, project, of: target.organization, by: target.creator
      ).record(kept)
    } catch let problem as Problem {
      throw Refusal(description: problem.detail)
    }
  }

  private func copy(_ path: HostPath, into file: IncomingFile) throws -> Bool {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while file.size <= context.site.config.fileLimit {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { break }
      guard count > 0 else { return false }
      try piece.withUnsafeBytes { try file.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    try file.flush()
    return true
  }
}
