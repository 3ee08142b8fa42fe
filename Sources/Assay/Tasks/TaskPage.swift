internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The tasks that a list shows.
enum TaskScope: String, CaseIterable {
  /// The caller's tasks.
  case assigned
  /// Tasks that the caller may claim.
  case open
  /// Both, the caller's first.
  case all

  static let parameter = Parameter.query(
    "scope", .choice(allCases.map(\.rawValue)),
    "`assigned`: the caller's tasks; `open`: those that the caller may claim; `all`: both.",
    isRequired: false)
}

/// The pages of a labeler's list: the own tasks first, and then those that may be claimed.
struct TaskPage {
  /// The number of open tasks in a list without a limit.
  private static let openRows = 50

  /// The parameters that the link to the next page repeats.
  let filters: [(name: String, value: String)]
  private let scope: TaskScope
  private let isLimited: Bool
  private let account: ID<Account>

  /// Reads the query.
  /// - Throws: 400 for an unknown scope.
  init(_ request: Request, _ account: ID<Account>) throws(Problem) {
    let query = try request.query()
    let word = query["scope"] ?? TaskScope.all.rawValue
    guard let scope = TaskScope(rawValue: word) else {
      throw .invalid([Violation("scope", "must be one of assigned, open, all")])
    }
    (self.scope, self.account) = (scope, account)
    filters = query["scope"].map { [("scope", $0)] } ?? []
    isLimited = query["limit"] != nil
  }

  /// Returns at most `limit` rows after the row with this id.
  func rows(limit: Int, after: UUIDBytes?, _ db: Connection) throws(PostgresError) -> [Tasks.Row] {
    let isAfterOpen = try isOpen(after, db)
    var rows: [Tasks.Row] = []
    if scope != .open, !isAfterOpen {
      rows = try TaskQueries.list(of: account, limit: limit, after: after, db)
    }
    guard scope != .assigned, rows.count < limit else { return rows }
    // A list without a limit ends after its first open tasks.
    if isAfterOpen, !isLimited { return rows }
    let most = isLimited ? limit - rows.count : min(limit - rows.count, Self.openRows)
    return rows
      + (try OpenTaskQueries.list(limit: most, after: isAfterOpen ? after : nil, db))
  }

  /// Whether the last row of the page before was an open task.
  private func isOpen(_ after: UUIDBytes?, _ db: Connection) throws(PostgresError) -> Bool {
    guard let after else { return false }
    switch scope {
    case .assigned: return false
    case .open: return true
    case .all: return try !TaskQueries.isAssigned(ID(after), to: account, db)
    }
  }
}
