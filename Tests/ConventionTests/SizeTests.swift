import Testing

/// Files stay short enough to be read at once.
@Suite struct SizeTests {
  @Test func noFileIsLong() {
    #expect(Checkout.swift.filter { $0.lines > 400 }.map { "\($0.path): \($0.lines)" } == [])
  }

  @Test func mostFilesAreShort() {
    let lengths = Checkout.swift.map(\.lines).sorted()
    #expect(lengths[lengths.count / 2] < 90)
    #expect(lengths[lengths.count * 9 / 10] < 250)
  }
}
