internal import HTTP
internal import Imaging
internal import Logging

/// Takes the files of one multipart upload: each is stored or refused with a reason, none stops
/// the rest.
final class Intake {
  private(set) var stored: [StoredPicture] = []
  private(set) var refused: [Refusal] = []
  /// Why the store did not take the last of the files that it did not take.
  private(set) var fault: StoreError?
  /// The form's other fields.
  private(set) var fields: [String: String] = [:]

  private let site: Site
  private let examiner: Examiner
  private var current: (name: String, file: IncomingFile)?
  private var field: (name: String, bytes: [UInt8])?

  /// Longer form fields are none of ours, in bytes.
  private static let fieldLimit = 1000

  init(_ context: Context, _ types: Set<ImageType> = ImageType.root) throws {
    site = context.site
    examiner = try Examiner(context, types)
  }

  /// Takes the next event of the multipart body.
  ///
  /// What the store cannot take is that file's error: a smaller one may still fit.
  func take(_ event: MultipartParser.Event) throws {
    do {
      try handle(event)
    } catch let error as StoreError {
      guard let name = current?.name ?? name(in: event) else { throw error }
      Logger.assay.error("a file was not stored", metadata: ["error": "\(error)"])
      refused.append(Refusal(name, error.sentence))
      (current, fault) = (nil, error)
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

  private func begin(_ headers: PartHeaders) throws {
    guard let filename = headers.filename else {
      field = (headers.name, [])
      return
    }
    // A file field that was left empty.
    guard !filename.isEmpty else { return }
    guard headers.name == "files" else {
      refused.append(Refusal(filename, "It came in the field \(headers.name), not in files."))
      return
    }
    current = (filename, try site.store.incoming())
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    if let length = field?.bytes.count, length + bytes.count <= Self.fieldLimit {
      field?.bytes += bytes
    }
    guard let current else { return }
    guard current.file.size + bytes.count <= site.config.fileLimit else {
      refuse("The file is larger than \(site.config.fileLimit) bytes.")
      return
    }
    try current.file.append(bytes)
  }

  private func end() throws {
    if let field { fields[field.name] = String(decoding: field.bytes, as: UTF8.self) }
    field = nil
    guard let (filename, file) = current else { return }
    try file.flush()
    switch try examiner.examine(file, named: filename) {
    case .picture(let picture): stored.append(picture)
    case .refused(let reason): refuse(reason)
    }
    current = nil
  }

  private func refuse(_ reason: String) {
    guard let current else { return }
    refused.append(Refusal(current.name, reason))
    self.current = nil
  }
}
