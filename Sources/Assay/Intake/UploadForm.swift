internal import HTTP
internal import Imaging
internal import Site
internal import Storage
internal import Web

/// Reads the files of one multipart upload as they arrive, a source for the intake.
final class UploadForm {
  let intake: Intake
  /// The form's other fields.
  private(set) var fields: [String: String] = [:]
  /// The names of form fields that are longer than the limit.
  private(set) var overlong: Set<String> = []

  private let site: Site
  private var current: (name: String, file: IncomingFile)?
  /// Archives and texts, processed at the end, because their options may follow in later fields.
  private var waiting: [(name: String, file: IncomingFile)] = []
  private var field: (name: String, bytes: [UInt8])?

  /// The maximum size of a form field in bytes.
  static let fieldLimit = 1000

  init(_ context: Context, _ rule: IntakeRule) throws {
    site = context.site
    intake = try Intake(context, rule)
  }

  /// Handles the next event of the multipart body.
  ///
  /// An error of the store refuses only the current file, because a smaller one may still fit.
  func take(_ event: MultipartParser.Event) throws {
    do {
      switch event {
      case .begin(let headers): try begin(headers)
      case .data(let bytes): try append(bytes)
      case .end: try end()
      }
    } catch let error as StoreError {
      guard let name = current?.name ?? filename(in: event) else { throw error }
      intake.refuse(name, .store(error))
      current = nil
    }
  }

  private func filename(in event: MultipartParser.Event) -> String? {
    if case .begin(let headers) = event { headers.filename } else { nil }
  }

  /// Processes the archives and texts at the end of the form.
  func finish(_ options: TextOptions, names: NameEncoding?) throws {
    intake.textOptions = options
    intake.names = names
    for (name, file) in waiting {
      do {
        try file.wake()
        try intake.take(file, named: name)
        file.rest()
      } catch let error as StoreError {
        intake.refuse(name, .store(error))
      }
    }
    waiting = []
  }

  private func begin(_ headers: PartHeaders) throws {
    guard let filename = headers.filename else {
      field = (headers.name, [])
      return
    }
    // A file field without a chosen file.
    guard !filename.isEmpty else { return }
    guard headers.name == "files" else {
      return intake.refuse(filename, .inField(headers.name))
    }
    // The rest of the body is read and ignored.
    guard intake.hasTime else { return intake.refuse(filename, .busy) }
    current = (filename, try site.store.incoming())
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    if let field, field.bytes.count + bytes.count > Self.fieldLimit { overlong.insert(field.name) }
    if let field, !overlong.contains(field.name) { self.field?.bytes += bytes }
    guard let (name, file) = current else { return }
    try file.append(bytes)
    guard file.size > site.config.fileLimit else { return }
    let limit = site.config.limit(
      ofArchive: intake.recognizer.mayBeArchive(file.head, named: name))
    guard file.size > limit else { return }
    intake.refuse(name, .tooLarge(limit: limit))
    current = nil
  }

  private func end() throws {
    if let field {
      fields[field.name] = String(decoding: field.bytes, as: UTF8.self).normalized
    }
    field = nil
    guard let (name, file) = current else { return }
    try file.flush()
    current = nil
    let kind = intake.recognizer.kind(of: file.head, named: name)
    if case .picture = kind {
      try intake.take(file, named: name, as: kind)
    } else {
      file.rest()
      waiting.append((name, file))
    }
  }
}
