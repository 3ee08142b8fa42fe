internal import Postgres
internal import Queue
internal import Vocabulary

/// Every SQL statement about pictures that make workers die or fail.
enum IsolationQueries {
  /// Records the reason why these items' bytes cannot be inspected, and deletes their fingerprints.
  ///
  /// Later runs skip them when workers died; otherwise each run inspects them again.
  static func condemn(
    _ items: [ID<Item>], of organization: ID<Organization>, because fault: JobFault,
    _ db: Connection
  ) throws(PostgresError) {
    let isFinal = fault == .deadly
    try db.run(
      """
      with bytes as (
        select sha256 from item where item_id = any (\(items.map(\.bytes))::uuid[])
      ), known as (
        delete from likeness
        where organization_id = \(organization) and sha256 in (select sha256 from bytes)
      )
      update blob set inspected_at = case when \(isFinal) then now() end, fault = \(fault.sentence)
      where organization_id = \(organization) and sha256 in (select sha256 from bytes)
      """)
  }
}
