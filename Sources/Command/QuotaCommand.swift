internal import ArgumentParser
internal import Assay

/// Shows and sets usage limits of organizations.
struct QuotaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota",
    abstract: "Show or set the limits of an organization, or the default limits of the site.",
    discussion: """
      Without limits it only shows usage and limits. Limits that are not given do not change. A \
      limit is a number, none (no limit), or default (the limit of the site). A megabyte is a MiB: \
      1048576 bytes.
      """)

  @Argument(help: "The username of an account that works for the organization.") var name: String?
  @Option(help: "The organization's id, instead of a username.") var organization: String?
  @Flag(name: .customLong("default"), help: "The limits for organizations without their own.")
  var isDefault = false
  @Option(help: "Maximum number of megabytes (MiB).") var megabytes: Limit?
  @Option(help: "Maximum number of items.") var items: Limit?
  @Option(help: "With --default: maximum number of organizations that an account makes or owns.")
  var organizations: Limit?

  func validate() throws {
    let named = [name != nil, organization != nil, isDefault].filter(\.self).count
    guard named == 1 else { throw ValidationError("Give a username, --organization or --default.") }
    guard isDefault || organizations == nil else {
      throw ValidationError("--organizations needs --default.")
    }
    guard !isDefault || ![megabytes, items, organizations].contains(.standard) else {
      throw ValidationError("With --default a limit must be a number or none.")
    }
  }

  func run() throws {
    let db = try Owner.connection()
    guard !isDefault else {
      var limits = try SiteLimits(db)
      if let megabytes { limits.bytes = megabytes.bytes.number }
      if let items { limits.items = items.count.number }
      if let organizations { limits.organizations = organizations.count.number }
      if limits != (try SiteLimits(db)) { try limits.set(db) }
      return show(limits)
    }
    let subject = organization.map(Quota.Subject.organization) ?? .account(name ?? "")
    if megabytes != nil || items != nil {
      try Quota.set(bytes: megabytes?.bytes, items: items?.count, of: subject, db)
    }
    show(try Quota(of: subject, db), try SiteLimits(db))
  }

  private func show(_ limits: SiteLimits) {
    func words(_ limit: Int?, _ text: (Int) -> String) -> String {
      limit.map(text) ?? "no limit"
    }
    print(
      """
      an organization: \(words(limits.bytes, Self.size)), \(words(limits.items) { "\($0) items" })
      an account: \(words(limits.organizations) { "\($0) organizations" })
      """)
  }

  private func show(_ quota: Quota, _ site: SiteLimits) {
    func words(_ limit: Quota.Limit, _ standard: Int?, _ text: (Int) -> String) -> String {
      switch limit {
      case .standard: standard.map { "of \(text($0)) (default)" } ?? "without limit (default)"
      case .unlimited: "without limit"
      case .most(let count): "of \(text(count))"
      }
    }
    print(
      """
      \(Self.size(quota.usedBytes)) \(words(quota.bytes, site.bytes, Self.size))
      \(quota.usedItems) items \(words(quota.items, site.items) { "\($0)" })
      \(Self.size(quota.announcedBytes)) announced
      """)
  }

  /// Returns a size in the unit of `--megabytes`, and in bytes.
  private static func size(_ bytes: Int) -> String {
    let tenths = (bytes % (1 << 20) * 10) >> 20
    return "\(bytes >> 20)\(tenths == 0 ? "" : ".\(tenths)") MiB (\(bytes) bytes)"
  }

  /// A number, or the word none or default.
  enum Limit: ExpressibleByArgument, Equatable {
    case standard
    case unlimited
    case most(Int)

    init?(argument: String) {
      switch argument {
      case "default": self = .standard
      case "none": self = .unlimited
      default:
        // The maximum keeps the number of bytes within an Int.
        guard let count = Int(argument), (0...(1 << 40)).contains(count) else { return nil }
        self = .most(count)
      }
    }

    var count: Quota.Limit {
      switch self {
      case .standard: .standard
      case .unlimited: .unlimited
      case .most(let count): .most(count)
      }
    }

    var bytes: Quota.Limit { if case .most(let count) = self { .most(count << 20) } else { count } }
  }
}

extension Quota.Limit {
  /// The number of a site's limit, which is never `default`.
  fileprivate var number: Int? { if case .most(let count) = self { count } else { nil } }
}
