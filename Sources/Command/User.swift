internal import ArgumentParser
internal import Assay
internal import Site
internal import Web

/// Adds, lists and changes accounts.
struct User: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add, list and change accounts.",
    subcommands: [
      Add.self, List.self, Deactivate.self, Activate.self, ChangeRole.self, Verify.self,
      SetPassword.self, ResetLink.self,
    ])

  /// Reads a password from standard input, because all users of the host can see arguments.
  static func readPassword() throws -> String {
    guard let line = readLine(strippingNewline: true), !line.isEmpty else {
      throw Refusal("Give the password as one line on standard input.")
    }
    return line
  }
}

extension Web.Role: ExpressibleByArgument {}

extension User {
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an account; its password is one line on standard input.")
    @Argument(help: "The username.") var name: String
    @Option(help: "The role.") var role: Web.Role = .labeler
    @Option(help: "The e-mail address.") var email: String?

    func run() throws {
      let password = try User.readPassword()
      try Directory.add(name, email: email, role: role, password: password, Owner.connection())
      print("added \(name), \(role.rawValue)")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all accounts.")

    func run() throws {
      for entry in try Directory.list(Owner.connection()) {
        let state = entry.isActive ? "active" : "deactivated"
        let claim = entry.email == nil || entry.isEmailVerified ? "" : "\tunverified"
        print("\(entry.username)\t\(entry.role.rawValue)\t\(state)\t\(entry.email ?? "-")\(claim)")
      }
    }
  }

  struct Deactivate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deactivate an account: its next request fails, and its keys end for good.")
    @Argument(help: "The username.") var name: String

    func run() throws { try Directory.deactivate(name, Owner.connection()) }
  }

  struct Activate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Activate a deactivated account.")
    @Argument(help: "The username.") var name: String

    func run() throws { try Directory.activate(name, Owner.connection()) }
  }

  struct ChangeRole: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "role", abstract: "Change the role of an account.")
    @Argument(help: "The username.") var name: String
    @Argument(help: "The new role.") var role: Web.Role

    func run() throws { try Directory.change(name, to: role, Owner.connection()) }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Mark an account's e-mail address as verified; other accounts lose it.")
    @Argument(help: "The username.") var name: String

    func run() throws { try Directory.verify(name, Owner.connection()) }
  }

  struct SetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "password",
      abstract: "Set a password from one line of standard input; ends all sessions and keys.")
    @Argument(help: "The username.") var name: String

    func run() throws {
      try Directory.setPassword(name, try User.readPassword(), Owner.connection())
    }
  }

  struct ResetLink: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset-link",
      abstract:
        "Print a link, valid for an hour, with which the account's owner sets a new password.")
    @Argument(help: "The username.") var name: String
    @Option(help: "The public URL of the service (default: $ASSAY_PUBLIC_URL).")
    var origin: String?

    func run() throws {
      guard
        let origin = try Config.publicURL(origin, of: "--origin")
          ?? Config.publicURL(Config.environment("ASSAY_PUBLIC_URL"))
      else {
        throw Refusal("Give the public URL of the service: --origin, or ASSAY_PUBLIC_URL.")
      }
      print(try Directory.resetLink(name, origin: origin, Owner.connection()))
    }
  }
}
