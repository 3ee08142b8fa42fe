import Assay
import Postgres
import Support
import Vocabulary
import Web

/// A site where one organization holds nearly everything and most projects are empty.
///
/// `hoarder` has a project of 20,000 pictures, 20 of 500 and 300 empty ones, `idler` 60 empty ones,
/// `beginner` one of 20 pictures, each with its answers. All pictures are labeled by `labeler`.
struct SkewedSite {
  let site: TestSite
  let hoarder: Person
  let idler: Person
  let beginner: Person
  let labeler: Person
  let admin: Person

  /// The projects, which are numbered: the large one, 20 middle ones, empty ones and the small one.
  static let (large, middle, empty, small) = (1, 2, 22, 382)

  init() throws {
    site = try TestSite()
    hoarder = try site.person(.customer, named: "hoarder")
    idler = try site.person(.customer, named: "idler")
    beginner = try site.person(.customer, named: "beginner")
    labeler = try site.person(.labeler, named: "labeler")
    admin = try site.person(.admin, named: "admin")
    var settings = ConnectionSettings()
    settings.statementTimeoutMilliseconds = 60_000
    let owner = Connection(site.database, settings: settings)
    try owner.script(Self.script)
    // Outside of a transaction. After it, queries can be answered from indexes alone.
    try owner.script("vacuum analyze")
  }

  /// The id of a numbered project.
  static func project(_ number: Int) -> String { id(3, number) }

  /// The id of a numbered project's task, each of 10 pictures at most.
  static func task(_ project: Int, _ number: Int = 0) -> String { id(6, project * 10_000 + number) }

  /// The id of a kind of row: a number that is written in decimal digits.
  private static func id(_ kind: Int, _ number: Int) -> String {
    let digits = String(kind * 1_000_000_000 + number)
    let text = String(repeating: "0", count: 32 - digits.count) + digits
    var rest = text[...]
    return [8, 4, 4, 4, 12].map { length in
      defer { rest = rest.dropFirst(length) }
      return String(rest.prefix(length))
    }.joined(separator: "-")
  }

  /// Triggers are off, because they would take as long as all the rest.
  private static let script = """
    begin;
    set local session_replication_role = replica;
    create function pg_temp.id(kind bigint, number bigint) returns uuid language sql immutable as
      $$ select lpad((kind * 1000000000 + number)::text, 32, '0')::uuid $$;

    create temp table part as
    select row_number() over (order by place) as n, a.organization_id as owner, a.account_id, size
    from (
      select 1 as place, 'hoarder' as name, 20000 as size
      union all select 2, 'hoarder', 500 from generate_series(1, 20)
      union all select 3, 'hoarder', 0 from generate_series(1, 300)
      union all select 4, 'idler', 0 from generate_series(1, 60)
      union all select 5, 'beginner', 20
    ) given join account a on a.username = given.name;

    insert into organization (organization_id, name)
    select pg_temp.id(1, n), 'Organization ' || n from generate_series(1, 3000) n;
    insert into project (project_id, organization_id, title, description, created_by)
    select pg_temp.id(3, n), owner, 'Project ' || n, '', account_id from part;
    insert into label_schema (schema_id, organization_id, project_id, version, keys)
    select pg_temp.id(4, n), owner, pg_temp.id(3, n), 1, '{cat,dog}' from part;
    insert into label_class (schema_id, organization_id, key, name, position)
    select pg_temp.id(4, n), owner, key, key, place
    from part, unnest('{cat,dog}'::text[]) with ordinality as class (key, place);

    create temp table picture as
    select *, pg_temp.id(5, n * 100000 + i) as item_id, sha256(int8send(n * 100000 + i)) as sha256,
      pg_temp.id(6, n * 10000 + i / 10) as task_id, pg_temp.id(7, n * 10000 + i / 10) as given_id
    from part, generate_series(0, size - 1) i;
    insert into blob (
      organization_id, sha256, size_bytes, mime, width, height, previewed_at, inspected_at)
    select owner, sha256, 1000, 'image/jpeg', 10, 10, now(), now() from picture;
    insert into item (
      item_id, organization_id, project_id, sha256, filename, created_by, state)
    select item_id, owner, pg_temp.id(3, n), sha256, i || '.jpg', account_id, 'ready' from picture;
    insert into item_check (
      item_id, organization_id, project_id, duplicate_score, ai_generated_score, flags, evidence)
    select item_id, owner, pg_temp.id(3, n), 0, 0.1, '{}', '{}' from picture;

    insert into task (
      task_id, organization_id, project_id, schema_id, title, state, item_count, created_by)
    select task_id, owner, pg_temp.id(3, n), pg_temp.id(4, n), 'Task', 'done', count(*), account_id
    from picture group by task_id, owner, n, account_id;
    insert into task_item (task_id, item_id, organization_id, position)
    select task_id, item_id, owner, i % 10 from picture;
    insert into assignment (
      assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
      project_title, item_count, state, answered)
    select given_id, task_id, owner, a.account_id, pg_temp.id(3, n), pg_temp.id(4, n), 'Task',
      'Project', count(*), 'submitted', count(*)
    from picture, account a where a.username = 'labeler'
    group by given_id, task_id, owner, a.account_id, n;
    insert into annotation (
      annotation_id, organization_id, project_id, assignment_id, account_id, item_id, revision,
      labels)
    select pg_temp.id(8, n * 100000 + i), owner, pg_temp.id(3, n), given_id, a.account_id, item_id,
      1, '{cat}'
    from picture, account a where a.username = 'labeler';

    -- People of other organizations, who all hold the first picture of the small project, too.
    insert into membership (organization_id, account_id, role)
    select pg_temp.id(1, n), pg_temp.id(2, n), 'owner' from generate_series(1, 3000) n;
    insert into project_member (project_id, organization_id, account_id, role)
    select pg_temp.id(3, 400 + n), pg_temp.id(1, n), pg_temp.id(2, n), 'labeler'
    from generate_series(1, 3000) n;
    insert into blob (organization_id, sha256, size_bytes, mime, width, height, previewed_at)
    select pg_temp.id(1, g), sha256, 1000, 'image/jpeg', 10, 10, now()
    from generate_series(1, 3000) g, picture where n = 382 and i = 0;

    insert into job (job_id, organization_id, project_id, kind, state, created_by, finished_at)
    select pg_temp.id(9, n), owner, pg_temp.id(3, n), 'qc', 'completed', account_id, now()
    from part where size > 0;
    insert into job_chunk (job_id, number, organization_id, state, items)
    select pg_temp.id(9, n), i / 8, owner, 'completed', array_agg(item_id)
    from picture group by n, i / 8, owner;
    insert into session (session_id, account_id, refresh_hash, expires_at)
    select uuid_v7(), account_id, sha256(int8send(i)), now() + interval '1 day'
    from account, generate_series(1, 3000) i where username = 'idler';
    select pack_items(array(select task_id from task));
    update account set organizations = array(select distinct owner from picture)
    where username = 'labeler';
    commit;
    """
}
