internal import ArgumentParser
internal import Assay
internal import Postgres
internal import Site
internal import Storage

/// Shows the store that the database names, and names another one.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Show or name the store of the database.",
    discussion: """
      The file store.id in the store has the name that the database has. Without it the service \
      uses no store: the disk may not be mounted.
      """,
    subcommands: [Show.self, Name.self, Adopt.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell whether this is the store of the database; exits 1 if not.")

    func run() throws {
      let store = Store(try Config().store)
      guard let absence = try StoreWatch.examine(store, Owner.connection()) else {
        return print("\(store.root) is the store of the database")
      }
      print("\(store.root): \(absence)")
      throw ExitCode(1)
    }
  }

  struct Name: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give the store its name at its first use, as the workers' user.",
      discussion: """
        The API may not write into the folder of the store. Exits 1 when the database names another \
        store, or when this cannot be its store.
        """)

    func run() throws {
      let config = try Config()
      try StoreWatch(Store(config.store)).expect(Connection(config.database(as: .worker)))
    }
  }

  struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Name this store in the database: after a restore, or to use another disk.",
      discussion: """
        It refuses when most files that the database lists are not in the store. The service goes \
        on by itself; run `assay fsck` afterwards.
        """)

    @Flag(help: "Name it even if most files are not there, for example for a copy without files.")
    var force = false

    func run() throws {
      let (store, db) = (Store(try Config().store), try Owner.connection())
      let evidence = try StoreWatch.evidence(for: store, db)
      print("\(evidence.present) of \(evidence.known) files that were looked for are there")
      guard force || evidence.isConvincing else {
        throw Refusal("Most files are not in \(store.root): mount its disk, or use --force.")
      }
      print("adopted \(store.root), \(try StoreAdoption.adopt(store, db))")
    }
  }
}
