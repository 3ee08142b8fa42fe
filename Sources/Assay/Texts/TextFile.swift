internal import HTTP
internal import Site
internal import Storage

/// Reads the texts of a file, a source for the intake.
struct TextFile {
  private let format: TextFormat
  private let options: TextOptions
  private let budget: IntakeBudget

  /// A text with the name of its item, or a sentence about a refused text.
  enum Part {
    case text([UInt8], named: String)
    case refused(String)
  }

  init(_ format: TextFormat, _ options: TextOptions, _ budget: IntakeBudget) {
    self.format = format
    self.options = options
    self.budget = budget
  }

  /// Passes every text of a complete file to `handle`; reports the first faults and counts the
  /// others.
  func read(
    _ file: IncomingFile, named name: String, _ handle: (Part) throws -> Void
  ) throws {
    var (isEmpty, faults) = (true, 0)
    func pass(_ part: Part) throws {
      isEmpty = false
      if case .refused = part {
        faults += 1
        if faults > TextLimits.faults { return }
      }
      try handle(part)
    }
    if format == .plain, options.unit == .file {
      try readWhole(file, name, pass)
    } else {
      do {
        try readParts(file, name, pass)
      } catch let spent as IntakeBudget.Spent {
        isEmpty = false
        try handle(.refused(spent.sentence("The rest of the file")))
      }
    }
    if faults > TextLimits.faults {
      let untold = faults - TextLimits.faults
      try handle(.refused("\(untold) more of its texts were not accepted."))
    }
    if isEmpty { try handle(.refused("The file contains no text.")) }
  }

  /// Reads the file as one text with its bytes unchanged, so that equal files stay equal.
  private func readWhole(
    _ file: IncomingFile, _ name: String, _ handle: (Part) throws -> Void
  ) throws {
    var text: [UInt8] = []
    if file.size <= TextLimits.text {
      try file.eachPiece { text += $0 }
    }
    let tooLong = file.size > TextLimits.text ? "is longer than \(TextLimits.text) bytes" : nil
    if let fault = tooLong ?? TextReader.fault(of: text) {
      try handle(.refused("The file \(fault)."))
    } else {
      try handle(.text(text, named: name))
    }
  }

  private func readParts(
    _ file: IncomingFile, _ name: String, _ handle: (Part) throws -> Void
  ) throws {
    guard !Self.isWide(file.head) else {
      return try handle(
        .refused("The file is not valid UTF-8: it is UTF-16, so save it as UTF-8."))
    }
    let reader = TextReader(format, options)
    func pass(_ event: TextReader.Event) throws {
      // A row costs time even when it is refused.
      try budget.spendText()
      switch event {
      case .refused(let sentence): try handle(.refused(sentence))
      case .text(let text, let number):
        try handle(.text(text, named: Self.name(number, of: name)))
      }
    }
    var skip = Self.mark(file.head)
    try file.eachPiece { piece in
      try reader.feed(UnsafeRawBufferPointer(rebasing: piece.dropFirst(skip)), pass)
      skip = 0
    }
    try reader.finish(pass)
  }

  /// Returns the length of UTF-8's byte order mark, or 0.
  private static func mark(_ head: [UInt8]) -> Int {
    head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Whether the file is UTF-16: it begins with a byte order mark or with four ASCII characters.
  ///
  /// Otherwise each of its lines would be reported.
  private static func isWide(_ head: [UInt8]) -> Bool {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
    let start = head.prefix(8)
    let zeros = start.indices.filter { start[$0] == 0 }
    return zeros == [0, 2, 4, 6] || zeros == [1, 3, 5, 7]
  }

  /// Returns the name of a text, for example `reviews-12.txt` for the twelfth row of `reviews.csv`.
  private static func name(_ number: Int, of filename: String) -> String {
    let dot = filename.utf8.lastIndex(of: UInt8(ascii: ".")) ?? filename.endIndex
    return Filename.cleaned("\(filename[..<dot])-\(number).txt")
  }
}
