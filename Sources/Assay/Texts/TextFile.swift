internal import Glibc
internal import HTTP

/// Stores the texts of a file, each as an item of its own.
struct TextDesk {
  private let store: Store
  private let options: TextOptions
  private let budget: IntakeBudget

  init(_ store: Store, _ options: TextOptions, _ budget: IntakeBudget) {
    self.store = store
    self.options = options
    self.budget = budget
  }

  /// What became of a file's texts.
  struct Outcome {
    var stored: [StoredBytes] = []
    /// Sentences that say what was not taken.
    var faults: [String] = []
    fileprivate var untold = 0

    fileprivate mutating func refuse(_ sentence: String) {
      if faults.count < TextLimits.faults { faults.append(sentence) } else { untold += 1 }
    }
  }

  /// Takes a complete file.
  func take(_ file: IncomingFile, named name: String, as format: TextFormat) throws -> Outcome {
    let isWhole = format == .plain && options.unit == .file
    var outcome = isWhole ? try takeWhole(file, name) : try takeParts(file, name, format)
    if outcome.untold > 0 {
      outcome.faults.append("\(outcome.untold) more of its texts were not taken either.")
    }
    if outcome.stored.isEmpty, outcome.faults.isEmpty {
      outcome.faults.append("The file holds no text.")
    }
    return outcome
  }

  /// The bytes as they came: whoever compares them finds the same.
  private func takeWhole(_ file: IncomingFile, _ name: String) throws -> Outcome {
    var outcome = Outcome()
    var text: [UInt8] = []
    if file.size <= TextLimits.text {
      try file.eachPiece { text += $0 }
    }
    let tooLong = file.size > TextLimits.text ? "is longer than \(TextLimits.text) bytes" : nil
    if let fault = tooLong ?? TextReader.fault(of: text) {
      outcome.refuse("The file \(fault).")
    } else {
      let batch = SmallFiles(store)
      outcome.stored = [StoredBytes(text: try batch.add(text), size: text.count, named: name)]
      try batch.settle()
    }
    return outcome
  }

  private func takeParts(
    _ file: IncomingFile, _ name: String, _ format: TextFormat
  ) throws -> Outcome {
    var outcome = Outcome()
    guard !Self.isWide(file.head) else {
      outcome.refuse("The file is not valid UTF-8: it is UTF-16, so save it as UTF-8.")
      return outcome
    }
    let batch = SmallFiles(store)
    let reader = TextReader(format, options)
    func note(_ event: TextReader.Event) throws {
      switch event {
      case .refused(let sentence):
        // A row costs time whether it is taken or not.
        try budget.spendText()
        outcome.refuse(sentence)
      case .text(let text, let number):
        try budget.spendText()
        outcome.stored.append(
          StoredBytes(
            text: try batch.add(text), size: text.count, named: Self.name(number, of: name)))
      }
    }
    do {
      var skip = Self.mark(file.head)
      try file.eachPiece { piece in
        try reader.feed(UnsafeRawBufferPointer(rebasing: piece.dropFirst(skip)), note)
        skip = 0
      }
      try reader.finish(note)
    } catch let spent as IntakeBudget.Spent {
      outcome.faults.append(spent.sentence("The rest of the file"))
    }
    try batch.settle()
    return outcome
  }

  /// The length of UTF-8's byte order mark, where there is one.
  private static func mark(_ head: [UInt8]) -> Int {
    head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Whether the file begins with the mark of UTF-16, or with four letters of ASCII in it: each of
  /// its lines would be a fault.
  private static func isWide(_ head: [UInt8]) -> Bool {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
    let start = head.prefix(8)
    let zeros = start.indices.filter { start[$0] == 0 }
    return zeros == [0, 2, 4, 6] || zeros == [1, 3, 5, 7]
  }

  /// `reviews-12.txt`, of the twelfth row of `reviews.csv`.
  private static func name(_ number: Int, of filename: String) -> String {
    let dot = filename.utf8.lastIndex(of: UInt8(ascii: ".")) ?? filename.endIndex
    return Filename.cleaned("\(filename[..<dot])-\(number).txt")
  }
}
