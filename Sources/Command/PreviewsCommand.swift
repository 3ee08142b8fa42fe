internal import ArgumentParser
internal import Assay

/// The small pictures that stand for the originals in lists.
struct PreviewsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "previews", abstract: "Make previews again.", subcommands: [Remake.self])

  struct Remake: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the workers for previews as this version makes them.",
      discussion: """
        They are made after all other work. Until then, and where a picture has such previews \
        already, what is there is shown.
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
