internal import ArgumentParser
internal import Assay

/// Makes previews again.
struct PreviewsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "previews", abstract: "Make previews again.", subcommands: [Remake.self])

  struct Remake: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the workers for previews of this version.",
      discussion: """
        The workers make them after work that somebody waits for. Until then the old previews are \
        shown. Pictures that have previews of this version already get no new ones.
        """)

    @Option(help: "Of the organization whose owner has this username.") var organization: String?
    @Option(help: "Of the request with this id.") var request: String?
    @Flag(help: "Of all organizations.") var all = false

    func validate() throws {
      guard [organization != nil, request != nil, all].count(where: { $0 }) == 1 else {
        throw ValidationError("Name an organization or a request, or say --all.")
      }
    }

    func run() throws {
      let count = try PreviewRemake.ask(for: pictures, Owner.connection())
      print("\(count) pictures get new previews")
    }

    private var pictures: PreviewRemake.Pictures {
      if let organization { return .organization(of: organization) }
      if let request { return .request(request) }
      return .all
    }
  }
}
