import HTTP
import Postgres
import Testing
import Vocabulary

@Suite("Times and ids")
struct TimesTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
    (1_772_366_399_999_999, "2026-03-01T11:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"), (1_000, "1970-01-01T00:00:00.001Z"),
    (-62_135_596_800_000_000, "0001-01-01T00:00:00.000Z"),
  ])
  func writesRFC3339(microseconds: Int64, text: String) {
    var writer = JSONWriter()
    Timestamp(microseconds: microseconds).write(to: &writer)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(text)\"")
  }

  @Test func idsSortByTheTimeTheyWereMade() {
    let ids = (0..<1000).map { _ in ID<Project>.new().description }
    #expect(Set(ids).count == ids.count)
    // Two ids of the same 244 nanoseconds may be in either order.
    let times = ids.map { $0.prefix(18) }
    #expect(times == times.sorted())
    for id in ids {
      let characters = Array(id)
      #expect(characters[14] == "7")
      #expect("89ab".contains(characters[19]))
    }
  }

  @Test(arguments: [
    "", "1", "00000000-0000-7000-8000-00000000000g", "00000000000070008000000000000000",
  ])
  func otherTextsAreNotIDs(text: String) {
    #expect(ID<Project>(text) == nil)
  }

  @Test func idsAreReadInEitherCase() {
    let id = ID<Project>.new()
    #expect(ID<Project>(id.description.uppercased()) == id)
  }
}
