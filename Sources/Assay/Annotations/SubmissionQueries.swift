internal import Postgres
internal import Vocabulary

/// Every SQL statement of submissions.
enum SubmissionQueries {
  /// Returns the pictures of the account's task, or of an open one; nil when there is none.
  ///
  /// Pictures that went back count only when all did: then the answer comes late.
  static func images(
    in task: ID<LabelTask>, for account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> [ID<Item>]? {
    let images = try db.all(
      """
      select i.item_id
      from assignment a
      join task_item i on i.task_id = a.task_id
      left join claim c on c.item_id = i.item_id and c.account_id = a.account_id
      where a.task_id = \(task) and a.account_id = \(account) and a.withdrawn_at is null
        and (a.lease_expires_at is null
          or c.assignment_id = a.assignment_id and (c.state <> 'returned' or not exists (
            select from claim o
            where o.assignment_id = a.assignment_id and o.state <> 'returned')))
      union all
      select unnest(t.items) from claimable_task(\(task)) t
      where not exists (
        select from assignment a where a.task_id = \(task) and a.account_id = \(account))
      """
    ) { row throws(PostgresError) in try row.next(ID<Item>.self) }
    return images.isEmpty ? nil : images
  }
}
