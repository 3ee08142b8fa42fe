import Assay
import HTTP
import Postgres
import Support
import Web

/// A labeler who has rights in another person's organization and in two of its projects, and all
/// requests that give and take these rights.
struct Membership: Sendable {
  let owner: Person
  let admin: Person
  let labeler: Person
  let labelerID: String
  /// The organization.
  let organization: String
  /// Another organization that the labeler is a member of.
  let other: String
  let projects: [String]
  /// The token of an invitation for the labeler.
  let invitation: String

  init(_ site: TestSite) throws {
    owner = try site.person(.customer, named: "ada")
    admin = try site.person(.admin, named: "root")
    labeler = try site.person(.labeler, named: "lea")
    labelerID = try site.send("GET", "/auth/me", as: labeler).json["id"].string
    organization = try Self.home(of: owner, site)
    other = try Self.home(of: try site.person(.customer, named: "bob"), site)
    let owner = owner
    projects = try (0..<2).map { _ in try site.request(by: owner) }
    for project in projects {
      _ = try site.upload(
        [(name: "a.png", bytes: Pictures.png(seed: 1))], to: project, by: owner)
    }
    let invited = try site.send(
      "POST", "/api/organizations/\(organization)/invitations", as: owner,
      json: #"{"email": "lea@example.org"}"#)
    invitation = String(try invited.json["link"].string.split(separator: "=").last ?? "")
  }

  private static func home(of person: Person, _ site: TestSite) throws -> String {
    try site.send("GET", "/api/auth/me", as: person).json["organization_id"].string
  }

  /// A request that gives or takes a right of the labeler.
  enum Step: CaseIterable, CustomStringConvertible {
    case add, change, remove, leave, accept, choose, join, quit, quitOther, assign, label

    var description: String {
      switch self {
      case .add: "added to the organization"
      case .change: "another role in the organization"
      case .remove: "removed from the organization"
      case .leave: "leaves the organization"
      case .accept: "accepts an invitation"
      case .choose: "works for the organization"
      case .join: "added to a project"
      case .quit: "removed from a project"
      case .quitOther: "removed from the other project"
      case .assign: "given a project's pictures"
      case .label: "saves labels"
      }
    }
  }

  /// Sends one step's request.
  func take(_ step: Step, _ client: Client) throws -> Answer {
    let members = "/api/organizations/\(organization)/members"
    func project(_ index: Int) -> String { "/api/projects/\(projects[index])/members" }
    switch step {
    case .add:
      return try client.send(
        "POST", members, as: owner, json: #"{"username": "lea", "role": "member"}"#)
    case .change:
      return try client.send(
        "PUT", "\(members)/\(labelerID)", as: owner, json: #"{"role": "admin"}"#)
    case .remove: return try client.send("DELETE", "\(members)/\(labelerID)", as: owner)
    case .leave: return try client.send("DELETE", "\(members)/\(labelerID)", as: labeler)
    case .accept:
      return try client.send(
        "POST", "/api/invitations/accept", as: labeler, json: #"{"token": "\#(invitation)"}"#)
    case .choose:
      return try client.send(
        "PUT", "/api/auth/profile", as: labeler,
        json: #"{"organization_id": "\#(organization)"}"#)
    case .join:
      return try client.send(
        "POST", project(0), as: owner, json: #"{"username": "lea", "role": "reviewer"}"#)
    case .quit: return try client.send("DELETE", "\(project(0))/\(labelerID)", as: owner)
    case .quitOther: return try client.send("DELETE", "\(project(1))/\(labelerID)", as: owner)
    case .assign:
      return try client.send(
        "POST", "/admin/assign", as: admin,
        json: #"{"request_id": "\#(projects[0])", "labeler_username": "lea"}"#)
    case .label: return try label(client)
    }
  }

  private func label(_ client: Client) throws -> Answer {
    let tasks = try client.send("GET", "/tasks", as: labeler)
    guard let task = try tasks.json.elements.first?["id"].string else { return tasks }
    let shown = try client.send("GET", "/tasks/\(task)", as: labeler)
    guard shown.status == 200 else { return shown }
    let image = try shown.json["images"][0]["image_id"].string
    return try client.send(
      "POST", "/tasks/\(task)/labels", as: labeler,
      json: #"{"image_id": "\#(image)", "labels": []}"#)
  }
}
