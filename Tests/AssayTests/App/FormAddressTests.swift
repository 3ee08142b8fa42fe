import Assay
import HTTP
import Support
import Testing
import Web

@Suite("Upload forms in nginx and in the application")
struct FormAddressTests {
  /// nginx asks the pool about forms before it reads them, and has its own list of their paths.
  @Test func nginxAsksAboutEveryForm() throws {
    let settings = try Files.text(Products.checkout + "/nginx/assay/http.conf")
    let line = try #require(settings.split(separator: "\n").first { $0.contains("~^POST:") })
    let pattern = try #require(line.split(separator: "\"").dropFirst().first?.dropFirst())
    let regex = try Regex(String(pattern))
    for route in Routes.all where route.method == .post {
      let path = route.pattern.split(separator: "/").map { $0.hasPrefix("{") ? "x" : String($0) }
      let address = "POST:/" + path.joined(separator: "/")
      #expect((address.wholeMatch(of: regex) != nil) == route.takesForm, "\(address)")
    }
    #expect(Routes.all.filter(\.takesForm).allSatisfy { $0.method == .post })
    #expect(Routes.all.contains { $0.takesForm })
  }
}
