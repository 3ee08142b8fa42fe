internal import ArgumentParser
internal import Assay

/// Shows and sets who may make an account.
struct SignUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-up",
    abstract: "Show or set who may make an account.",
    discussion: """
      open: anybody. invited: people with an invitation to an organization, which its owners and \
      admins make. `assay user add` and the site's administrators make accounts in both cases.
      """)

  @Argument(help: "open or invited; without it the command shows the rule.") var rule: SignUpRule?

  func run() throws {
    let db = try Owner.connection()
    if let rule, try rule != SignUpRule(db) { try rule.set(db) }
    print("sign-up: \(try SignUpRule(db).rawValue)")
  }
}

extension SignUpRule: ExpressibleByArgument {}
