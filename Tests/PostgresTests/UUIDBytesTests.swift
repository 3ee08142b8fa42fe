import Postgres
import Testing

@Suite struct UUIDBytesTests {
  @Test func textSurvivesARoundTrip() throws {
    let text = "0189abcd-ef01-7234-89ab-cdef01234567"
    let id = try #require(UUIDBytes(text))
    #expect(id == UUIDBytes(high: 0x0189_abcd_ef01_7234, low: 0x89ab_cdef_0123_4567))
    #expect(id.description == text)
    #expect(UUIDBytes(text.uppercased()) == id)
  }

  @Test(arguments: 0..<16) func everyDigitIsReadAtEveryPosition(digit: UInt64) {
    let half = 0x1111_1111_1111_1111 * digit
    let text = UUIDBytes(high: half, low: half).description
    #expect(Set(text) == Set("-\(String(digit, radix: 16))"))
    #expect(UUIDBytes(text) == UUIDBytes(high: half, low: half))
  }

  @Test(arguments: [
    "", "0189abcd", "0189abcdef01723489abcdef01234567", "{0189abcd-ef01-7234-89ab-cdef01234567}",
    "0189abcd-ef01-7234-89ab-cdef0123456", "0189abcd-ef01-7234-89ab-cdef012345678",
    "0189abcd-ef01-7234-89ab-cdef0123456g", "0189abcd_ef01-7234-89ab-cdef01234567",
    "0189abcd-ef01-7234-89a-bcdef01234567", " 189abcd-ef01-7234-89ab-cdef01234567",
    "0189abcd-ef01-7234-89ab-cdef0123456\u{0}", "０189abcd-ef01-7234-89ab-cdef01234567",
  ])
  func otherTextIsRefused(_ text: String) { #expect(UUIDBytes(text) == nil) }

  @Test func theServerReadsTheSameUUID() throws {
    let db = try sharedConnection()
    let id = UUIDBytes(high: 0x0102_0304_0506_0708, low: 0xf1f2_f3f4_f5f6_f7f8)
    #expect(try db.value("select \(id)::uuid", as: UUIDBytes.self) == id)
    #expect(try db.value("select \(id)::uuid::text") == id.description)
  }

  @Test func theOrderIsThatOfTheServer() throws {
    let ids = [
      UUIDBytes(high: .max, low: 0), UUIDBytes(high: 0, low: .max), UUIDBytes(high: 1, low: 0),
      UUIDBytes(high: 1 << 63, low: 1), UUIDBytes(high: 1 << 63, low: 1 << 63),
    ]
    let sorted = try sharedConnection().value(
      "select array_agg(id order by id) from unnest(\(ids)::uuid[]) as given (id)",
      as: [UUIDBytes].self)
    #expect(sorted == ids.sorted())
  }
}
