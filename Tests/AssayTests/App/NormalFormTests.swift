import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

/// Texts that look equal must be equal: they are stored and compared in one normal form.
@Suite struct NormalFormTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private static let composed = "Pat\u{E9}"
  private static let decomposed = "Pate\u{301}"

  /// Swift compares both forms as equal; only their bytes differ.
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(arguments: [composed, decomposed]) func aLabelMatchesInAnyNormalForm(named name: String)
    throws
  {
    let work = try Commission(site, classes: [name, "dog"])
    for label in [Self.composed, Self.decomposed] {
      #expect(try work.save([label], of: work.images[0], site.client).status == 200)
    }
    let revisions = try Revision.all(of: work.images[0], site)
    #expect(
      revisions.map { $0.labels.map(bytes) } == [[bytes(Self.composed)], [bytes(Self.composed)]])
    let task = try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json
    #expect(try task["classes"].strings.map(bytes) == [bytes(Self.composed), bytes("dog")])
  }

  @Test func oneClassInTwoNormalFormsIsRefused() throws {
    let answer = try site.send(
      "POST", "/requests", as: site.person(.customer),
      json: #"{"title": "x", "classes": ["\#(Self.composed)", "\#(Self.decomposed)"]}"#)
    #expect(answer.status == 400)
    #expect(try answer.detail.contains("must not name a class twice"))
  }

  @Test func oldKeysAreNormalized() throws {
    let work = try Commission(site, classes: [Self.decomposed, "dog"])
    let owner = site.owner()
    // The previous version stored them in this form.
    try owner.run("update label_schema set keys = array[\(Self.decomposed), 'dog']")
    try owner.run("update label_class set key = \(Self.decomposed) where position = 1")
    #expect(try work.save([Self.composed], of: work.images[0], site.client).status == 400)
    try owner.script(try migration())
    for label in [Self.composed, Self.decomposed] {
      #expect(try work.save([label], of: work.images[0], site.client).status == 200)
    }
    let isDone = try owner.one(
      "select bool_and(key = normalize(key, nfc)) from label_class"
    ) { row throws(PostgresError) in try row.next(Bool.self) }
    #expect(isDone)
  }

  @Test func thePreviousVersionWritesNormalizedKeys() throws {
    let work = try Commission(site)
    try site.owner().run(
      """
      with schema as (
        insert into label_schema (schema_id, organization_id, project_id, version, keys)
        select gen_random_uuid(), organization_id, project_id, 2, array[\(Self.decomposed)]
        from project
        returning schema_id, organization_id
      )
      insert into label_class (schema_id, organization_id, key, name, position)
      select schema_id, organization_id, \(Self.decomposed), \(Self.decomposed), 1 from schema
      """)
    let shown = try site.send("GET", "/requests/\(work.request)", as: work.customer).json
    #expect(try shown["classes"].strings.map(bytes) == [bytes(Self.composed)])
  }

  @Test func oldAnnotationsAreShownNormalized() throws {
    let work = try Commission(site, classes: [Self.composed, "dog"])
    _ = try work.save([Self.composed], of: work.images[0], site.client)
    try site.owner().run("update annotation set labels = array[\(Self.decomposed)]")
    let listed = try site.send("GET", "/requests/\(work.request)/labels", as: work.customer).json
    #expect(try listed[0]["labels"].strings.map(bytes) == [bytes(Self.composed)])
    let task = try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json
    #expect(try task["images"][0]["labels"].strings.map(bytes) == [bytes(Self.composed)])
  }

  /// The first statement of the migration, which changes the stored texts.
  private func migration() throws -> String {
    let folder = Products.checkout + "/sql/migrations"
    let name = try #require(try Files.names(in: folder).first { $0.hasSuffix("_normal_form.sql") })
    let text = String(decoding: try Files.bytes("\(folder)/\(name)"), as: UTF8.self)
    let end = try #require(text.firstRange(of: "end $$;"))
    return String(text[..<end.upperBound])
  }

  /// Sends a text in the wrong form to every route that stores one, then looks at all columns.
  @Test func storedTextsAreNormalized() throws {
    let text = "e\u{301}-\u{212B}"
    let (customer, admin) = (try site.person(.customer), try site.person(.admin))
    func send(
      _ method: String, _ path: String, _ json: String, as person: Person, _ status: Int = 201
    ) throws -> Answer {
      let answer = try site.send(method, path, as: person, json: json)
      #expect(answer.status == status, "\(path): \(answer.text.prefix(200))")
      return answer
    }
    let made = try send(
      "POST", "/requests",
      #"{"title": "\#(text)", "description": "\#(text)", "classes": ["\#(text)"]}"#,
      as: customer)
    let request = try made.json["id"].string
    #expect(bytes(try made.json["title"].string) == bytes("\u{E9}-\u{C5}"))
    let organization = try send(
      "POST", "/api/organizations", #"{"name": "\#(text)"}"#, as: customer)
    _ = try send(
      "PUT", "/api/organizations/\(try organization.json["id"].string)",
      #"{"name": "new \#(text)"}"#, as: customer, 200)
    _ = try send("POST", "/api/v1/api-keys", #"{"name": "\#(text)"}"#, as: customer)
    _ = try send("PUT", "/api/auth/profile", #"{"full_name": "\#(text)"}"#, as: customer, 200)
    _ = try send(
      "POST", "/api/v1/users",
      #"{"username": "eve", "full_name": "\#(text)", "password": "\#(TestSite.password)"}"#,
      as: admin)
    _ = try send(
      "POST", "/uploads/presign",
      #"{"request_id": "\#(request)", "files": [{"filename": "\#(text).png", "content_type": "image/png"}]}"#,
      as: customer, 200)
    let images = try site.upload(
      [(name: "\(text).png", bytes: Pictures.png(seed: 1))], to: request, by: customer)
    let labeler = try site.person(.labeler)
    let task = try site.assign(request, to: labeler, by: admin)
    _ = try send(
      "POST", "/tasks/\(task)/labels", #"{"image_id": "\#(images[0])", "labels": ["\#(text)"]}"#,
      as: labeler, 200)
    let found = try columns()
    #expect(found.filter(\.isWrong).map(\.name) == [])
    #expect(
      Set(found.map(\.name)).isSuperset(of: [
        "account.full_name", "annotation.labels", "api_key.name", "audit_entry.facts",
        "item.filename",
        "label_class.key", "label_schema.keys", "organization.name", "project.description",
        "project.title", "upload.filename",
      ]), "\(found.map(\.name))")
  }

  private struct Column {
    let name: String
    let isWrong: Bool
  }

  /// The columns that hold more than ASCII, and whether any of it is in another form.
  private func columns() throws -> [Column] {
    let owner = site.owner()
    try owner.script(
      """
      create function found() returns table (name text, wrong boolean) language plpgsql as $$
      declare c record;
      begin
        for c in
          select t.relname, a.attname
          from pg_class t join pg_attribute a on a.attrelid = t.oid
          where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and a.attnum > 0
            and not a.attisdropped and a.atttypid in
              ('text'::regtype, 'text[]'::regtype, 'json'::regtype, 'jsonb'::regtype)
        loop
          return query execute format(
            'select %L, bool_or(%I::text is not nfc normalized) from %I '
            'where octet_length(%I::text) > char_length(%I::text) having count(*) > 0',
            c.relname || '.' || c.attname, c.attname, c.relname, c.attname, c.attname);
        end loop;
      end $$
      """)
    return try owner.all("select name, wrong from found() order by name") {
      row throws(PostgresError) in try Column(name: row.next(), isWrong: row.next())
    }
  }
}
