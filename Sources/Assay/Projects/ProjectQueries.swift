internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement about projects.
enum ProjectQueries {
  /// The state of a project on the root face, derived from its rows; `p` is the project.
  ///
  /// `offset 0` makes PostgreSQL use an index for each row in the result. Without it PostgreSQL may
  /// read a whole table once and hash it.
  static let status: SQL = """
    case
      when p.state = 'archived' then 'archived'
      when not exists (
        select from item i
        where i.project_id = p.project_id and i.excluded_because is distinct from 'deleted'
        offset 0)
      then 'created'
      when exists (
        select from job j
        where j.project_id = p.project_id and j.kind = 'qc'
          and j.state in ('pending', 'queued', 'running')
        offset 0) then 'qc'
      when exists (
        select from task t
        where t.project_id = p.project_id and t.state = 'open' and not t.in_pool
        offset 0)
        or exists (
          select from pool o where o.project_id = p.project_id and o.state = 'open' offset 0)
        and exists (
          select from task t
          where t.project_id = p.project_id and t.state = 'open' and t.in_pool
          offset 0)
      then 'labeling'
      when exists (
        select from pool_item c where c.project_id = p.project_id and c.state = 'contested'
        offset 0) then 'review'
      when p.state = 'completed' or exists (
        select from task t where t.project_id = p.project_id and t.state = 'done'
        offset 0) then 'completed'
      when exists (
        select from item i where i.project_id = p.project_id and i.state = 'new'
        offset 0) then 'uploading'
      else 'ready'
    end
    """

  /// Records a project and returns its time of creation.
  static func insert(
    _ project: ID<Project>, of organization: ID<Organization>, _ form: Projects.NewProject,
    by account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Timestamp {
    try db.one(
      """
      insert into project (project_id, organization_id, title, description, created_by)
      values (\(project), \(organization), \(form.title), \(form.description), \(account))
      returning created_at
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Records the first version of a project's label schema.
  static func insert(
    _ schema: ID<LabelSchema>, of project: ID<Project>, in organization: ID<Organization>,
    classes: [String], _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with schema as (
        insert into label_schema (schema_id, organization_id, project_id, version, keys)
        values (\(schema), \(organization), \(project), 1, \(classes)::text[])
        returning schema_id, organization_id
      )
      insert into label_class (schema_id, organization_id, key, name, position)
      select schema_id, organization_id, class, class, place
      from schema, unnest(\(classes)::text[]) with ordinality as given (class, place)
      """)
  }

  /// The condition that a caller may see the project `p`.
  private static func isVisible(to caller: Caller) -> SQL {
    // Two texts with a plan each: one statement for both cases would read every project of the
    // site.
    caller.seesAll ? "true" : "p.organization_id = \(caller.organization)::uuid"
  }

  /// Returns the projects that a caller may see, newest first.
  static func list(
    for caller: Caller, limit: Int, after: UUIDBytes?, _ db: Connection
  ) throws(PostgresError) -> [Projects.Row] {
    try db.all(
      """
      select p.project_id, p.title, p.description, \(status), p.created_at
      from (
        select * from project p
        where \(isVisible(to: caller)) and p.project_id < \(after ?? .last)
        order by p.project_id desc
        limit \(limit)
      ) p
      order by p.project_id desc
      """, row)
  }

  /// Returns a project that a caller may see, with its newest classes and its counts, or nil.
  static func detail(
    _ project: ID<Project>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Projects.Detail? {
    try db.first(
      """
      select p.project_id, p.title, p.description, \(status), p.created_at,
        array(
          select c.name from label_class c
          where c.schema_id = (
            select s.schema_id from label_schema s
            where s.project_id = p.project_id order by s.version desc limit 1)
          order by c.position),
        (select count(*) from item i
         where i.project_id = p.project_id and i.excluded_because is distinct from 'deleted'),
        (select count(*) from item_check c where c.project_id = p.project_id)
          - (select count(*) from item i join item_check c on c.item_id = i.item_id
             where i.project_id = p.project_id and i.excluded_because = 'deleted'),
        (select count(*) from task t where t.project_id = p.project_id),
        (select count(*) from task t where t.project_id = p.project_id and t.state = 'done'),
        (select count(distinct a.item_id) from annotation a where a.project_id = p.project_id)
      from project p
      where p.project_id = \(project) and \(isVisible(to: caller))
      """
    ) { row throws(PostgresError) in
      try Projects.Detail(
        row: self.row(&row), classes: row.next(),
        progress: Projects.Progress(
          images: row.next(), checked: row.next(), tasks: row.next(),
          tasksCompleted: row.next(), labeled: row.next()))
    }
  }

  /// Returns the organization of a project that a caller may see, or nil.
  static func organization(
    of project: ID<Project>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> ID<Organization>? {
    try db.first(
      """
      select p.organization_id from project p
      where p.project_id = \(project) and \(isVisible(to: caller))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  private static func row(_ row: inout Row) throws(PostgresError) -> Projects.Row {
    try Projects.Row(
      id: row.next(), title: row.next(), description: row.next(), status: row.next(),
      createdAt: row.next())
  }
}
