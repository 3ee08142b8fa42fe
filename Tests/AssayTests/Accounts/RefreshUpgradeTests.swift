import Assay
import Cryptography
import HTTP
import Postgres
import Site
import Support
import Testing
import Web

/// Processes of the previous version, or with another key, run beside new ones.
@Suite("Refresh tokens during an upgrade")
struct RefreshUpgradeTests {
  private let site: TestSite
  init() throws {
    site = try TestSite()
    _ = try site.person(.customer, named: "ada")
  }

  /// A token as the previous version makes it: the session's id and 32 random bytes.
  private func oldToken(like token: String) throws -> String {
    let bytes = try #require(Base64URL.decode(token))
    return Base64URL.encode(bytes.prefix(16) + Random.bytes(32))
  }

  /// Replaces a token with the statement of an old process; returns its token, or nil for 401.
  private func oldRefresh(_ token: String) throws -> String? {
    let session = try #require(Base64URL.decode(token)).prefix(16)
    let new = try oldToken(like: token)
    let account = try site.connection(as: .application).one(
      """
      select account_id, username, email, role, organization_id
      from refresh_session(
        encode(\(Array(session)), 'hex')::uuid, sha256(\(token)::bytea), sha256(\(new)::bytea))
      """
    ) { row throws(PostgresError) in try row.next(UUIDBytes?.self) }
    return account == nil ? nil : new
  }

  /// Signs in with the statement of an old process.
  private func oldSignIn() throws -> String {
    let token = try oldToken(like: site.pair().refresh)
    let session = try #require(Base64URL.decode(token)).prefix(16)
    try site.owner().run("delete from session")
    let wait = try site.owner().one(
      """
      select sign_in_opened(
        encode(\(Array(session)), 'hex')::uuid, account_id, password_hash,
        sha256(\(token)::bytea), now() + interval '1 day', '192.0.2.1')
      from account where username = 'ada'
      """
    ) { row throws(PostgresError) in try row.next(Double?.self) }
    #expect(wait == 0)
    return token
  }

  private func next(_ token: String) throws -> String {
    try TokenPair(site.refresh(token)).refresh
  }

  @Test func aTokenOfTheOldVersionIsRefreshedAndRepeated() throws {
    let old = try oldSignIn()
    let new = try next(old)
    #expect(new.utf8.count == old.utf8.count)
    #expect(try next(old) == new)
    #expect(try next(next(new)) != new)
    try site.pass("1 day")
    // It has no code that proves that it was issued, so it ends nothing.
    #expect(try site.refresh(old).status == 401)
  }

  @Test func anOldProcessRefreshesANewToken() throws {
    let new = try site.pair()
    let old = try #require(try oldRefresh(new.refresh))
    let newer = try next(old)
    #expect(try next(old) == newer)
    #expect(try #require(try oldRefresh(newer)) != newer)
    #expect(try site.me(new) == 200)
  }

  @Test func anOldProcessThatCannotRepeatEndsNothing() throws {
    let first = try site.pair()
    let second = try next(first.refresh)
    // The old process answers 503, and the client tries again at a new one.
    #expect {
      _ = try oldRefresh(first.refresh)
    } throws: { if case .conflict? = $0 as? PostgresError { true } else { false } }
    #expect(try next(first.refresh) == second)
    try site.pass("1 hour")
    #expect(try oldRefresh(first.refresh) == nil)
    #expect(try site.me(first) == 200)
    #expect(try next(first.refresh) == second)
  }

  @Test func aNewProcessThatCannotRepeatEndsNothing() throws {
    let first = try site.pair()
    let old = try #require(try oldRefresh(first.refresh))
    #expect(try site.refresh(first.refresh).status == 401)
    #expect(try site.me(first) == 200)
    #expect(try site.refresh(old).status == 200)
  }

  @Test func aNewKeyEndsNoSession() throws {
    let first = try site.pair()
    let second = try next(first.refresh)
    var config = site.site.config
    config.tokenKey.reverse()
    let client = try Client(Site(config))
    // Only the successor that the other key has made cannot be repeated.
    #expect(try client.refresh(first.refresh).status == 401)
    let third = try TokenPair(client.refresh(second))
    #expect(try TokenPair(client.refresh(second)).refresh == third.refresh)
    #expect(try client.send("GET", "/auth/me", as: third.person).status == 200)
    #expect(try client.refresh(third.refresh).status == 200)
  }
}
