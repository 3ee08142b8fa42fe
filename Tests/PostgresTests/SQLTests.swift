import Postgres
import Testing

@Suite struct SQLTests {
  @Test func interpolationsAreBound() {
    let sql: SQL = "select a from t where x = \(1) and y = \("z")"
    #expect(sql.text == "select a from t where x = $1 and y = $2")
  }

  @Test func fragmentsAreRenumbered() throws {
    let inner: SQL = "b = \(2) or c = '$1' and d = \(3)"
    let outer: SQL = "a = \(1) and (\(fragment: inner)) or \(inner) or e = \(4)"
    #expect(
      outer.text
        == "a = $1 and (b = $2 or c = '$1' and d = $3) or b = $4 or c = '$1' and d = $5 or e = $6")
  }

  @Test func fragmentsKeepTheirValues() throws {
    let many = (1...12).reduce("\(0)::int" as SQL) { sum, number in
      "\(sum) * 2 + \(number)::int"
    }
    let expected = (1...12).reduce(0) { $0 * 2 + $1 }
    let unfolded = (1...12).reduce(0) { $0 + $1 }
    let db = try sharedConnection()
    // Without parentheses only the first product doubles each time: 0 * 2 + 1 * 2 + … + 12.
    #expect(try db.value("select \(many)", as: Int.self) == 2 * (unfolded - 12) + 12)
    let nested = (1...12).reduce("\(0)::int" as SQL) { sum, number in
      "(\(sum)) * 2 + \(number)::int"
    }
    #expect(try db.value("select \(nested)", as: Int.self) == expected)
  }

  @Test func rawTextIsSpliced() {
    let sql: SQL = "select \(unsafeRaw: "now()"), \(1)"
    #expect(sql.text == "select now(), $1")
  }

  @Test func aBindThatAddsNothingIsRefused() throws {
    let error = postgresError {
      try sharedConnection().run("select \(Silent()), \(1)::int")
    }
    #expect(error?.sqlstate == "08P01")
  }

  private struct Silent: PostgresEncodable {
    func bind(into parameters: inout Parameters) {}
  }
}
