internal import HTTP
internal import Imaging

/// Takes the files of one multipart upload as they stream in.
final class Intake {
  /// Where the files go.
  let desk: IntakeDesk
  /// The form's other fields.
  private(set) var fields: [String: String] = [:]

  private let site: Site
  private var current: (name: String, file: IncomingFile)?
  /// Archives and texts, until the whole form is known: a field that says how may stand behind them.
  private var waiting: [(name: String, file: IncomingFile)] = []
  private var field: (name: String, bytes: [UInt8])?

  /// The names of form fields that are longer than the limit.
  private(set) var overlong: Set<String> = []

  /// The most bytes of a form field.
  static let fieldLimit = 1000

  init(_ context: Context, _ rule: IntakeRule) throws {
    site = context.site
    desk = try IntakeDesk(context, rule)
  }

  /// What may become items.
  var stored: [StoredBytes] { desk.stored }
  /// What was not taken, and why.
  var refused: [Refusal] { desk.refused }
  /// Why the store did not take the last of the files that it did not take.
  var fault: StoreError? { desk.fault }

  /// Takes the next event of the multipart body.
  ///
  /// What the store cannot take is that file's error: a smaller one may still fit.
  func take(_ event: MultipartParser.Event) throws {
    do {
      try handle(event)
    } catch let error as StoreError {
      guard let name = current?.name ?? name(in: event) else { throw error }
      desk.refuse(name, error)
      current = nil
    }
  }

  private func name(in event: MultipartParser.Event) -> String? {
    if case .begin(let headers) = event { headers.filename } else { nil }
  }

  private func handle(_ event: MultipartParser.Event) throws {
    switch event {
    case .begin(let headers): try begin(headers)
    case .data(let bytes): try append(bytes)
    case .end: try end()
    }
  }

  /// Takes what has waited for the end of the form.
  func finish(_ options: TextOptions, names: NameEncoding?) throws {
    desk.options = options
    desk.names = names
    for (name, file) in waiting {
      do {
        try file.wake()
        try desk.take(file, named: name)
        file.rest()
      } catch let error as StoreError {
        desk.refuse(name, error)
      }
    }
    waiting = []
  }

  private func begin(_ headers: PartHeaders) throws {
    guard let filename = headers.filename else {
      field = (headers.name, [])
      return
    }
    // A file field that was left empty.
    guard !filename.isEmpty else { return }
    guard headers.name == "files" else {
      desk.refuse(filename, .inField(headers.name))
      return
    }
    // The rest of the body has to be read, but nothing else done with it.
    guard desk.hasTime else { return desk.refuse(filename, .busy) }
    current = (filename, try site.store.incoming())
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    if let field, field.bytes.count + bytes.count > Self.fieldLimit { overlong.insert(field.name) }
    if let field, !overlong.contains(field.name) { self.field?.bytes += bytes }
    guard let (name, file) = current else { return }
    try file.append(bytes)
    guard file.size > site.config.fileLimit, file.size > desk.limit(of: file, named: name) else {
      return
    }
    desk.refuse(name, .tooLarge(limit: desk.limit(of: file, named: name)))
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
    if desk.kind(of: file, named: name) == .picture {
      try desk.take(file, named: name)
    } else {
      file.rest()
      waiting.append((name, file))
    }
  }
}
