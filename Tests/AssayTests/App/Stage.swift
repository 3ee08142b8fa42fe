import Assay
import Cryptography
import Postgres
import Site
import Support
import Synchronization
import Vocabulary
import Web

/// A site with one person of each role, shared by a whole suite.
final class Stage {
  let site: TestSite
  private let people: [Role: Person]

  private init() throws {
    let site = try TestSite()
    self.site = site
    people = try Dictionary(
      uniqueKeysWithValues: Role.allCases.map { ($0, try site.person($0, named: $0.rawValue)) })
  }

  private static let shared = Mutex(Result { try Stage() })

  /// Gives the stage to one test at a time.
  static func use(_ body: (borrowing Stage) throws -> Void) throws {
    try shared.withLock { try body($0.get()) }
  }

  /// The person with this role in a new session, which the test may end.
  func person(_ role: Role) throws -> Person {
    let session = ID<Session>.new()
    let (account, organization) = try site.owner().one(
      """
      select account_id, organization_id from account,
        lateral open_session(
          \(session), account_id, sha256(\(session.description)::bytea), now() + interval '1 hour')
      where username = \(role.rawValue)
      """
    ) { row throws(PostgresError) in
      (try row.next(UUIDBytes.self), try row.next(UUIDBytes?.self))
    }
    let token = AccessToken(
      subject: account.description, session: session.description, role: role.rawValue,
      organization: organization?.description,
      expires: Int(Timestamp.now(plusSeconds: 3600).microseconds / 1_000_000))
    guard let text = token.signed(with: site.site.config.tokenKey) else {
      throw Missing(description: "no token")
    }
    return Person(username: role.rawValue, token: text)
  }
}
