package import Web

internal import Assay
internal import HTTP

/// A signed-in person.
package struct Person: Sendable {
  package let username: String
  package let token: String

  /// A person with a given token.
  package init(username: String, token: String) {
    self.username = username
    self.token = token
  }
}

extension TestSite {
  /// The password of all accounts of tests.
  package static let password = "correct horse battery"

  /// Makes an account of a role and signs it in.
  package func person(_ role: Role, named name: String? = nil) throws -> Person {
    let username = name ?? "\(role.rawValue)-\(UInt32.random(in: 0...UInt32.max))"
    try Directory.add(username, email: nil, role: role, password: Self.password, owner())
    return try signIn(username)
  }

  /// Signs an account in.
  /// - Throws: `Missing` when the sign-in is refused.
  package func signIn(_ username: String) throws -> Person {
    let answer = try send(
      "POST", "/auth/login",
      json: #"{"username": "\#(username)", "password": "\#(Self.password)"}"#)
    return Person(username: username, token: try answer.json["access_token"].string)
  }

  /// Invites somebody to an organization; returns the secret of the link.
  package func invitation(to organization: String, by person: Person) throws -> String {
    let answer = try send(
      "POST", "/api/organizations/\(organization)/invitations", as: person,
      json: #"{"email": "guest@example.org"}"#)
    return String(try answer.json["link"].string.split(separator: "=").last ?? "")
  }

  /// Makes a request of a person; returns its id.
  package func request(
    by person: Person, classes: [String] = ["cat", "dog"]
  ) throws -> String {
    let names = classes.map { "\"\($0)\"" }.joined(separator: ",")
    let answer = try send(
      "POST", "/requests", as: person,
      json: #"{"title": "Animals", "description": "", "classes": [\#(names)]}"#)
    return try answer.json["id"].string
  }

  /// Uploads pictures to a request; returns their image ids, newest first.
  package func upload(
    _ pictures: [(name: String, bytes: [UInt8])], to request: String, by person: Person
  ) throws -> [String] {
    _ = try send("POST", "/requests/\(request)/uploads", as: person, form: Form(pictures))
    return try send("GET", "/requests/\(request)/uploads", as: person).json.elements
      .map { try $0["image_id"].string }
  }

  /// Assigns a request's pictures to a labeler; returns the task's id.
  package func assign(
    _ request: String, to labeler: Person, by admin: Person
  ) throws -> String {
    let answer = try send(
      "POST", "/admin/assign", as: admin,
      json: #"{"request_id": "\#(request)", "labeler_username": "\#(labeler.username)"}"#)
    return try answer.json["task_id"].string
  }
}
