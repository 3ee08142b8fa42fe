import Assay
import HTTP
import Postgres
import Support
import Synchronization
import Web

/// All objects of one organization that a path or a body can name.
struct Possessions {
  let customer: Person
  let labeler: Person
  /// Ids by their names in paths and bodies.
  let ids: [String: String]

  init(_ site: TestSite) throws {
    let work = try Commission(site, pictures: 1)
    (customer, labeler) = (work.customer, work.labeler)
    let me = try site.send("GET", "/api/auth/me", as: work.customer).json
    let organization = try me["organization_id"].string
    let key = try site.send(
      "POST", "/api/v1/api-keys", as: work.customer, json: #"{"name": "robot"}"#)
    let invitation = try site.send(
      "POST", "/api/organizations/\(organization)/invitations", as: work.customer,
      json: #"{"email": "x@example.org"}"#)
    let sessions = try site.send("GET", "/auth/sessions", as: work.customer).json.elements
    // A copy makes a cluster, whose id is that of its first picture.
    let copy = [(name: "copy.png", bytes: Pictures.png(seed: 1, width: 150, height: 100))]
    _ = try site.upload(copy, to: work.request, by: work.customer)
    _ = try site.send("POST", "/requests/\(work.request)/qc/run", as: work.customer)
    _ = try site.send("POST", "/requests/\(work.request)/open", as: work.customer)
    try site.work()
    // A report of no picture, so that its decision changes nothing else.
    let report = try site.owner().one(
      """
      insert into task_report (
        task_report_id, organization_id, project_id, task_id, item_id, account_id, reason)
      select uuid_v7(), t.organization_id, t.project_id, t.task_id, i.item_id, t.created_by, 'x'
      from task t join item i on i.project_id = t.project_id and i.filename = 'copy.png'
      where t.task_id = \(work.task)::uuid
      returning task_report_id
      """
    ) { row throws(PostgresError) in try row.next(UUIDBytes.self) }
    ids = [
      "request": work.request, "project": work.request, "task": work.task, "file": work.images[0],
      "image": work.images[0], "cluster": work.images[0], "organization": organization,
      "user": try me["id"].string,
      "session": try sessions.first?["id"].string ?? "",
      "key": try key.json["id"].string, "invitation": try invitation.json["id"].string,
      "report": report.description,
    ]
  }

  /// A person of the organization whom a route admits; nil when only admins are admitted.
  func person(_ access: Access) -> Person? {
    guard let roles = access.roles else { return nil }
    return roles.contains(.customer) ? customer : roles.contains(.labeler) ? labeler : nil
  }
}

/// A site with two organizations that have all kinds of objects; whole suites share it.
final class Neighbours {
  let site: TestSite
  let one: Possessions
  let other: Possessions
  fileprivate let runner: Person

  private static let shared = Mutex(Result { try Neighbours() })

  /// Gives the site to one test at a time.
  static func use(_ body: (borrowing Neighbours) throws -> Void) throws {
    try shared.withLock { try body($0.get()) }
  }

  private init() throws {
    site = try TestSite()
    one = try Possessions(site)
    other = try Possessions(site)
    runner = try site.person(.universal)
    try Directory.add(
      "somebody", email: "somebody@example.org", role: .labeler, password: TestSite.password,
      site.owner())
  }
}

extension Neighbours {
  /// An admin of the site; nil for a route that takes no token.
  func admin(_ access: Access) -> Person? { access.roles == nil ? nil : runner }
}

/// The text of a valid body for a schema.
struct SampleBody {
  /// The id for a field, by the field's name without `_id`.
  let ids: (String) -> String?

  func text(_ schema: Schema, named name: String = "") -> String {
    switch schema {
    case .string(let format, let length, _): return "\"\(word(format, length, name))\""
    case .choice(let words): return "\"\(words.first ?? "")\""
    case .integer(let range): return String(range?.lowerBound ?? 1)
    case .number: return "1"
    case .boolean: return "true"
    case .array(let element, let count, _):
      let one = text(element, named: name)
      return "[\(repeatElement(one, count: max(1, count?.lowerBound ?? 1)).joined(separator: ","))]"
    case .nullable(let schema): return text(schema, named: name)
    case .map: return "{}"
    case .object(_, _, let choice):
      let isChosen = Set(choice?.names ?? [])
      let pairs = schema.members.filter {
        $0.required || $0.name.hasSuffix("_id") || isChosen.contains($0.name)
      }.compactMap { member in
        let hasID = !member.name.hasSuffix("_id") || ids(String(member.name.dropLast(3))) != nil
        return hasID ? "\"\(member.name)\":\(text(member.schema, named: member.name))" : nil
      }
      return "{\(pairs.joined(separator: ","))}"
    }
  }

  private func word(_ format: String?, _ length: ClosedRange<Int>?, _ name: String) -> String {
    switch (format, name) {
    case ("uuid", _): ids(String(name.dropLast(3))) ?? unknownID
    case ("email", _): "somebody@example.org"
    case ("password", _): "twelve apples"
    case (_, "labels"): "cat"
    case (_, let name) where name.contains("username"): "somebody"
    default: String(repeating: "x", count: max(3, length?.lowerBound ?? 3))
    }
  }
}
