/// Reads settings, and collects a sentence for each fault, so that the operator sees all at once.
struct SettingReader {
  private let given: (String) -> String?
  /// The sentences so far.
  private(set) var faults: [String] = []

  /// Reads from an environment.
  init(_ given: @escaping (String) -> String?) { self.given = given }

  /// Returns a setting; an empty one counts as absent.
  func value(_ name: String) -> String? {
    if let value = given(name), !value.isEmpty { return value }
    // systemd sets this variable for units with LoadCredential=.
    return name == "ASSAY_SECRETS" ? value("CREDENTIALS_DIRECTORY") : nil
  }

  /// Returns the result of a reading, or `fallback` after a fault.
  mutating func attempt<Value>(
    _ fallback: @autoclosure () -> Value, _ read: (SettingReader) throws -> Value
  ) -> Value {
    do {
      return try read(self)
    } catch {
      let sentences = (error as? ConfigError)?.sentences ?? ["\(error)"]
      // Two readings may need the same setting.
      faults += sentences.filter { !faults.contains($0) }
      return fallback()
    }
  }

  /// Returns a setting that must be there.
  mutating func required(_ name: String) -> String {
    attempt("") { reader in
      guard let value = reader.value(name) else {
        throw ConfigError(description: "\(name) is not set.")
      }
      return value
    }
  }

  /// Returns a number, or `initial` when there is none.
  mutating func number(_ name: String, _ initial: Int, _ range: ClosedRange<Int>) -> Int {
    attempt(initial) { reader in
      guard let text = reader.value(name) else { return initial }
      guard let value = Int(text), range.contains(value) else {
        throw ConfigError(
          description: "\(name) must be from \(range.lowerBound) to \(range.upperBound).")
      }
      return value
    }
  }

  /// Returns one of some words, or the first when there is none.
  mutating func choice(_ name: String, of words: [String]) -> String {
    attempt(words[0]) { reader in
      guard let text = reader.value(name) else { return words[0] }
      guard words.contains(text) else {
        throw ConfigError(description: "\(name) must be \(words.joined(separator: " or ")).")
      }
      return text
    }
  }
}
