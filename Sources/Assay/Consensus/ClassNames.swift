internal import HTTP
internal import Labelling
internal import Postgres
internal import Web

/// The names of classes in answers.
enum ClassNames {
  /// Checks that all labels are classes of the request.
  /// - Throws: 400 with the unknown names.
  static func expect(_ labels: [String], in classes: [String]) throws(Problem) {
    // Compared by bytes, as the database does: equal strings may have different ones.
    let known = Set(classes.map { Array($0.utf8) })
    var seen: Set<String> = []
    let unknown = labels.filter { !known.contains(Array($0.utf8)) && seen.insert($0).inserted }
    guard !unknown.isEmpty else { return }
    let names = unknown.map { "\"\($0)\"" }.joined(separator: ", ")
    throw .invalid([Violation("labels", "must be classes of the request, not \(names)")])
  }
}

extension Rule where Value == [String] {
  /// A rule for names of classes; repeated names are dropped.
  static var labels: Rule {
    let names = Rule<[String]>.list(of: .text(1...100), 0...1000)
    return Rule(names.schema) { json throws(Reason) in
      var seen: Set<String> = []
      return try names.read(json).filter { seen.insert($0).inserted }
    }
  }
}

/// Lists of labels as JSON, because PostgreSQL has no arrays of lists of different lengths.
enum LabelList {
  /// Returns the JSON array.
  static func json(_ labels: [String]) -> String {
    var writer = JSONWriter()
    labels.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension AnswerKind: PostgresEncodable, PostgresDecodable, WireValue {}
