internal import ArgumentParser
internal import Site
internal import Storage

/// Keeps originals from being changed or removed by the API.
struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Give each new original in the store to the workers' user.",
    discussion: """
      Runs until it is stopped, as the workers' user with the capability CAP_CHOWN, or as root. \
      The API's user can then neither change nor remove the files.
      """)

  @Flag(help: "Create the store's directories and set their rights instead, and end.")
  var prepare = false

  @Flag(help: "Seal the existing originals, and end.")
  var once = false

  @Option(help: "The workers' user (default: the user who runs this command).")
  var worker: String?

  @Option(help: "The group of the API and the workers.")
  var group = "assay"

  @Option(help: "The group of the API, the workers and nginx.")
  var webGroup = "assay-web"

  func validate() throws {
    guard !(prepare && once) else { throw ValidationError("Give --prepare or --once, not both.") }
  }

  func run() throws {
    guard let store = Config.environment("ASSAY_STORE"), !store.isEmpty else {
      throw Refusal("ASSAY_STORE is not set.")
    }
    let owners = try StoreOwners(worker: worker, service: group, web: webGroup)
    if prepare { return try owners.prepare(store) }
    let seal = Seal(store, owners)
    if once { return print("\(try seal.sealAll()) sealed") }
    try seal.run()
  }
}
