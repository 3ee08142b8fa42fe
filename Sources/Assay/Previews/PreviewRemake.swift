package import Postgres

/// Asks for previews by the newest version, for an administrator's command line.
///
/// What is there is shown until the workers, after all other work, have made the new ones.
package enum PreviewRemake {
  /// Whose pictures get new previews.
  package enum Pictures {
    /// Those of the organization of an account.
    case organization(of: String)
    /// Those of a request.
    case request(String)
    /// Those of all organizations.
    case all
  }

  /// What was named is not there.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// A statement locks no more rows than that.
  private static let batch = 1000

  /// Asks for them over the owner's connection, and wakes the workers; gives the pictures' number.
  package static func ask(for pictures: Pictures, _ db: Connection) throws -> Int {
    let condition = try condition(pictures, db)
    var last = PreviewQueries.Asked(organization: UUIDBytes(high: 0, low: 0), sha256: [])
    var count = 0
    while case let asked = try PreviewQueries.ask(condition, after: last, limit: batch, db),
      let next = asked.last
    {
      count += asked.count
      last = next
    }
    try PreviewJob.wakeForgotten(db)
    return count
  }

  private static func condition(_ pictures: Pictures, _ db: Connection) throws -> SQL {
    switch pictures {
    case .all: return "true"
    case .organization(let username):
      guard let organization = try PreviewQueries.organization(of: username, db) else {
        throw Refusal(
          description: "There is no account \(username) with an organization of its own.")
      }
      return PreviewQueries.pictures(of: organization)
    case .request(let text):
      guard let project = ID<Project>(text), try PreviewQueries.isKnown(project, db) else {
        throw Refusal(description: "There is no request \(text).")
      }
      return PreviewQueries.pictures(in: project)
    }
  }
}
