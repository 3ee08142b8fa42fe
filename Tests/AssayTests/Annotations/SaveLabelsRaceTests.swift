import Assay
import HTTP
import Postgres
import Support
import Testing

@Suite("Concurrent saves of labels")
struct SaveLabelsRaceTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  private func answered() throws -> [Int] {
    try site.owner().all("select answered from assignment order by assignment_id") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Delays each save before its commit, as a slow disk does, so that all saves overlap.
  private func slowDown() throws {
    try site.owner().script(
      """
      create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.01); return null; end $$;
      create trigger slow after insert on annotation execute function slow()
      """)
  }

  @Test func concurrentSavesOfOnePictureAreRevisions() throws {
    let work = try Commission(site)
    try slowDown()
    let answers = try site.race(16) { client, index in
      try work.save([index.isMultiple(of: 2) ? "cat" : "dog"], of: work.images[0], client).status
    }
    #expect(answers == [Int](repeating: 200, count: 16))
    #expect(try Revision.all(of: work.images[0], site).map(\.number) == Array(1...16))
    #expect(try answered() == [1])
    #expect(
      try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json["status"].string == "open")
  }

  @Test func differentPicturesCompleteTheTaskOnce() throws {
    let work = try Commission(site, pictures: 8)
    try slowDown()
    let answers = try site.race(8) { client, index in
      try work.save(["cat"], of: work.images[index], client).status
    }
    #expect(answers == [Int](repeating: 200, count: 8))
    #expect(try answered() == [8])
    #expect(
      try site.send("GET", "/tasks/\(work.task)", as: work.labeler).json["status"].string
        == "completed")
  }
}
