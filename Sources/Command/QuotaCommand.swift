internal import ArgumentParser
internal import Assay

/// What an organization may store.
struct QuotaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota",
    abstract: "Show or limit what the organization of an account stores.",
    discussion: "Without options it shows; what is not named keeps its limit.")

  @Argument(help: "The username of the organization's owner.") var name: String
  @Option(help: "The most megabytes, or none.") var megabytes: Limit?
  @Option(help: "The most items, or none.") var items: Limit?

  func run() throws {
    let db = try Owner.connection()
    let quota = try Quota(of: name, db)
    guard megabytes != nil || items != nil else { return show(quota) }
    try Quota.set(
      bytes: megabytes.map { $0.count.map { $0 << 20 } } ?? quota.bytes,
      items: items.map(\.count) ?? quota.items, of: name, db)
    show(try Quota(of: name, db))
  }

  private func show(_ quota: Quota) {
    let bytes = quota.bytes.map { "of \($0)" } ?? "without limit"
    let items = quota.items.map { "of \($0)" } ?? "without limit"
    print("\(quota.usedBytes) bytes \(bytes), \(quota.usedItems) items \(items)")
  }

  /// A number, or the word none.
  struct Limit: ExpressibleByArgument {
    let count: Int?

    init?(argument: String) {
      guard argument != "none" else {
        count = nil
        return
      }
      // So many megabytes are still a number of bytes.
      guard let count = Int(argument), (0...(1 << 40)).contains(count) else { return nil }
      self.count = count
    }
  }
}
