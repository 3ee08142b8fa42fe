package import Postgres

internal import Cryptography
internal import Vocabulary

/// Requests previews of the newest version, for an administrator's command line.
///
/// The old previews are shown until the workers have made the new ones.
package enum PreviewRemake {
  /// The pictures whose previews are remade.
  package enum Pictures {
    /// Those of the organization of an account.
    case organization(of: String)
    /// Those of a request.
    case request(String)
    /// Those of all organizations.
    case all
  }

  /// The named object does not exist.
  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// The most rows that one statement locks.
  private static let batch = 1000

  /// Requests previews over the owner's connection, and opens their jobs; returns the number of
  /// pictures.
  package static func ask(for pictures: Pictures, _ db: Connection) throws -> Int {
    let condition = try condition(pictures, db)
    var last = PreviewQueries.Asked(organization: UUIDBytes(high: 0, low: 0), sha256: .zero)
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
