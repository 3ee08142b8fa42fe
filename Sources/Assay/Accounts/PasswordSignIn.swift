internal import Cryptography
internal import HTTP
internal import Logging
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Turns a name and a password into a session, the same way on every face.
struct PasswordSignIn {
  let request: Request
  let context: Context

  /// Seconds until an access token expires: a working day, because the contract's client cannot
  /// refresh.
  static let accessSeconds = 12 * 3600
  /// Seconds until a session expires.
  private static let sessionSeconds = 30 * 86_400

  /// An account whose password matched, and in which form.
  typealias Verified = (account: SignInQueries.AccountRow, match: PasswordMatch)

  /// Returns tokens for a name and a password.
  ///
  /// A password that was changed or rehashed after the comparison is compared once more.
  /// - Throws: 401, with the same text and after the same time for every cause; 429 after ten
  ///   failures from one network, or a hundred from all.
  func signIn(_ form: Accounts.SignIn) throws -> Accounts.Tokens {
    for _ in 0..<2 {
      let verified = try verify(form.login, form.password)
      guard let tokens = try open(verified.account, form.device) else { continue }
      strengthen(verified, form.password)
      return tokens
    }
    throw Self.wrong
  }

  /// Opens a session; nil when the account's hash is not the one that was compared.
  private func open(
    _ account: SignInQueries.AccountRow, _ device: String?
  ) throws -> Accounts.Tokens? {
    let user = account.person.user
    let session = ID<Session>.new()
    let refresh = RefreshToken(session, key: context.site.config.tokenKey)
    let wait = try context.db.transaction { db in
      let wait = try SignInQueries.open(
        session, of: user.id, passwordHash: account.passwordHash, refreshHash: refresh.hash,
        until: .now(plusSeconds: Self.sessionSeconds), address: request.remoteAddress,
        device: device ?? DeviceName.of(request), db)
      if wait == 0 {
        try AuditLogQueries.record(
          AuditLog.Event("sign-in", account: user.id, actor: user.username, in: nil, request), db)
      }
      return wait
    }
    guard let wait else { return nil }
    guard wait == 0 else { throw Self.tooMany(wait) }
    return try tokens(for: account.person, session, refresh)
  }

  /// Checks a password within the limits on failed attempts.
  ///
  /// Several accounts may claim one address; the password then decides.
  func verify(_ login: String, _ password: String) throws -> Verified {
    let candidates = try SignInQueries.candidates(
      login: login, address: request.remoteAddress, context.db)
    let heard = candidates.filter { $0.wait == 0 }
    guard !heard.isEmpty else { throw Self.tooMany(candidates.map(\.wait).min() ?? 60) }
    guard let right = try rightOne(of: heard, login, password) else { throw try failure(heard) }
    return right
  }

  /// Returns the first active account with this password.
  ///
  /// An address always takes two comparisons and a username one, so that the time does not reveal
  /// how many accounts claim the address.
  private func rightOne(
    of heard: [SignInQueries.Candidate], _ login: String, _ password: String
  ) throws -> Verified? {
    var right: Verified?
    for place in 0..<(login.contains("@") ? 2 : 1) {
      let account = place < heard.count ? heard[place].account : nil
      let match = try context.site.passwords.matches(password, account?.passwordHash)
      if match != .none, right == nil, let account, account.isActive { right = (account, match) }
    }
    return right
  }

  private func failure(_ heard: [SignInQueries.Candidate]) throws -> Problem {
    let wait = try context.db.transaction { db in
      let wait = try SignInQueries.refused(
        guesses: heard.map(\.guess), address: request.remoteAddress, db)
      if wait == 0 {
        let user = heard.first?.account?.person.user
        // The name field may hold a password by mistake: only names of accounts are kept.
        try AuditLogQueries.record(
          AuditLog.Event(
            "sign-in.refused", account: user?.id, actor: user?.username, in: nil, request), db)
      }
      return wait
    }
    guard wait == 0 else { return Self.tooMany(wait) }
    return Self.wrong
  }

  private static let wrong = Problem.unauthorized("The username or the password is wrong.")

  private static func tooMany(_ seconds: Double) -> Problem {
    .tooMany("Too many failed sign-ins: try again later.", seconds: seconds)
  }

  /// Rehashes a password that was hashed with weaker parameters or in another normal form.
  ///
  /// A failure is only logged.
  private func strengthen(_ verified: Verified, _ password: String) {
    let account = verified.account
    guard verified.match == .unprepared || Password.isWeak(account.passwordHash) else { return }
    do {
      let hash = try context.site.passwords.hash(OpaqueString.prepared(password))
      try SignInQueries.rehash(
        account.person.user.id, from: account.passwordHash, to: hash, context.db)
    } catch {
      Logger.assay.warning("password rehash failed", metadata: ["error": "\(error)"])
    }
  }

  /// Returns new tokens for a refresh token of a valid session.
  ///
  /// A token that was used before gives the same new refresh token, until that one is used and for
  /// a few seconds after that; used later, it ends its session.
  /// - Throws: 401 for any other token; a forged one changes nothing.
  func refresh(_ text: String) throws -> Accounts.Tokens {
    guard let old = RefreshToken(text) else { throw Self.refused }
    let key = context.site.config.tokenKey
    let new = old.successor(key: key)
    let person = try SignInQueries.refresh(
      old.session, from: old.hash, to: new.hash, isIssued: old.isIssued(by: key), request,
      context.db)
    guard let person else { throw Self.refused }
    return try tokens(for: person, old.session, new)
  }

  private static let refused = Problem.unauthorized(
    "The refresh token is invalid or has expired: sign in again.")

  private func tokens(
    for person: SignInQueries.Person, _ session: ID<Session>, _ refresh: RefreshToken
  ) throws -> Accounts.Tokens {
    let expires = Timestamp.now(plusSeconds: Self.accessSeconds)
    let token = AccessToken(
      subject: person.user.id.description, session: session.description,
      role: person.user.role.rawValue, organization: person.organization?.description,
      expires: Int(expires.microseconds / 1_000_000))
    guard let text = token.signed(with: context.site.config.tokenKey) else {
      throw Problem.unavailable("The tokens could not be created: try again in a moment.")
    }
    return Accounts.Tokens(
      accessToken: text, expiresIn: Self.accessSeconds, refreshToken: refresh.text,
      user: person.user)
  }
}
