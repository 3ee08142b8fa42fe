internal import Cryptography
internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement about reports.
enum ReportQueries {
  /// The result of a report.
  enum Made {
    /// The new report, or the caller's open one of the same.
    case made(Reports.Receipt)
    /// The caller has too many open reports, or they hold too many items.
    case full
    case noImage, noTask
    /// A report of the caller about one of the pictures was dismissed.
    case dismissed
  }

  /// Records a report of the caller, and holds the reported items.
  static func make(
    _ form: Reports.Form, as report: ID<TaskReport>, _ db: Connection
  ) throws(PostgresError) -> Made {
    try db.one(
      """
      select outcome, its_report, its_item, its_reason
      from report_task(
        \(report), \(form.task), \(form.image), \(form.reason), nullif(\(form.details), ''))
      """
    ) { row throws(PostgresError) in
      let outcome = try row.next(String.self)
      switch outcome {
      case "full": return .full
      case "no image": return .noImage
      case "no task": return .noTask
      case "dismissed": return .dismissed
      default: break
      }
      let (id, image) = (try row.next(ID<TaskReport>.self), try row.next(ID<Item>?.self))
      return .made(
        Reports.Receipt(reason: try row.next(), report: id, task: form.task, image: image))
    }
  }

  /// Returns reports of one project or of all, newest first.
  static func list(
    in project: ID<Project>?, _ state: Reports.State?, _ links: ImageLinks, limit: Int,
    after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Reports.Row] {
    let last = after ?? .last
    let isListed: SQL = "\(isIn(project)) and \(isIn(state)) and r.task_report_id < \(last)"
    return try db.all(rows(isListed, limit: limit)) { row throws(PostgresError) in
      try self.row(&row, links)
    }
  }

  /// Returns one visible report, or nil.
  static func row(
    of report: ID<TaskReport>, _ links: ImageLinks, _ db: Connection
  ) throws(PostgresError) -> Reports.Row? {
    try db.first(rows("r.task_report_id = \(report)", limit: 1)) { row throws(PostgresError) in
      try self.row(&row, links)
    }
  }

  /// Returns the organization and the state of a visible report, or nil.
  static func head(
    of report: ID<TaskReport>, in project: ID<Project>?, _ db: Connection
  ) throws(PostgresError) -> (organization: ID<Organization>, state: Reports.State)? {
    try db.first(
      """
      select r.organization_id, r.state from task_report r
      where r.task_report_id = \(report) and \(isIn(project))
      """
    ) { row throws(PostgresError) in (try row.next(), try row.next()) }
  }

  /// The result of a decision.
  enum Decided {
    /// The report is decided; these items were excluded or have come back.
    case done([ID<Item>])
    /// The same decision was made before.
    case same
    /// Another decision was made since the caller has read the report.
    case changed
    case unknown
  }

  /// Decides a report, and pays those who have answered the items of an upheld one.
  static func decide(
    _ report: ID<TaskReport>, _ decision: Reports.State, seen: Reports.State, _ db: Connection
  ) throws(PostgresError) -> Decided {
    try db.one(
      """
      select outcome, changed
      from decide_report(
        \(report), \(decision.rawValue)::report_state, \(seen.rawValue)::report_state)
      """
    ) { row throws(PostgresError) in
      switch try row.next(String.self) {
      case "done": .done(try row.next([UUIDBytes].self).map { ID($0) })
      case "same": .same
      case "changed": .changed
      default: .unknown
      }
    }
  }

  private static func isIn(_ project: ID<Project>?) -> SQL {
    project.map { "r.project_id = \($0)" } ?? "true"
  }

  /// The condition for a state, with its word in the text, so that a partial index can serve it.
  private static func isIn(_ state: Reports.State?) -> SQL {
    state.map { "r.state = '\(unsafeRaw: $0.rawValue)'" } ?? "true"
  }

  private static func rows(_ isListed: SQL, limit: Int) -> SQL {
    """
    select r.task_report_id, r.project_id, r.task_id, r.item_id, i.sha256, b.mime, i.filename,
      case when r.item_id is null then t.item_count else 1 end,
      coalesce(a.username, (report_names(r.task_report_id))[1], ''), r.reason, r.details, r.state,
      r.created_at, r.decided_at,
      case when r.decided_by is not null
        then coalesce(d.username, (report_names(r.task_report_id))[2]) end
    from (
      select * from task_report r
      where \(isListed)
      order by r.task_report_id desc
      limit \(limit)
    ) r
    join task t on t.task_id = r.task_id
    left join item i on i.item_id = r.item_id
    left join blob b on b.organization_id = i.organization_id and b.sha256 = i.sha256
    left join account a on a.account_id = r.account_id
    left join account d on d.account_id = r.decided_by
    order by r.task_report_id desc
    """
  }

  private static func row(
    _ row: inout Row, _ links: ImageLinks
  ) throws(PostgresError) -> Reports.Row {
    let (id, project) = (try row.next(ID<TaskReport>.self), try row.next(ID<Project>.self))
    let (task, image) = (try row.next(ID<LabelTask>.self), try row.next(ID<Item>?.self))
    let (digest, mime) = (try row.next(Digest?.self), try row.next(String?.self))
    var url: MediaAddress?
    if let digest, let mime { url = links.address(digest, MediaAddress.Suffix(mime: mime)) }
    return try Reports.Row(
      id: id, project: project, task: task, image: image, imageURL: url, filename: row.next(),
      images: row.next(), reporter: row.next(), reason: row.next(), details: row.next(),
      state: row.next(), createdAt: row.next(), decidedAt: row.next(), decidedBy: row.next())
  }
}
