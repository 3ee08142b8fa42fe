import Assay
import HTTP
import Postgres
import Support
import Testing
import Web

@Suite("Golden files")
struct GoldenTests {
  private let site: TestSite
  init() throws { site = try TestSite() }

  @Test func routes() throws {
    let lines = Routes.all.map { route in
      [
        pad(route.face.name, 4), pad(route.method.rawValue, 6), pad(route.pattern, 62),
        pad(route.access.name, 19), pad(route.verb.audit.rawValue, 9),
        pad(route.paging.rawValue, 6), route.name,
      ].joined(separator: " ") + "\n"
    }
    #expect(try Golden.difference("routes.txt", from: lines.joined()) == nil)
  }

  /// Checks the observed access to each route: a letter for each admitted role, a dot for others.
  @Test func roles() throws {
    try Stage.use { stage in
      let heads = [("-", nil)] + Role.allCases.map { ($0.rawValue, Role?.some($0)) }
      var text = "The letter of a role stands where it is let in, - for whoever has no token.\n\n"
      for route in Routes.all {
        let method = route.method.rawValue
        let letters = try heads.map { name, role in
          let person = try role.map { try stage.person($0) }
          let answer = try stage.site.send(method, route.somewhere, as: person)
          // The body is missing and the ids name nothing: whoever is let in is told so.
          let isIn = answer.status != 401 && answer.status != 403
          return isIn ? String(name.prefix(1)) : "."
        }
        text += "\(letters.joined()) \(pad(method, 7)) \(route.pattern)\n"
      }
      #expect(try Golden.difference("roles.txt", from: text) == nil)
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  @Test func openAPI() throws {
    let answer = try site.send("GET", "/openapi.json")
    #expect(answer.status == 200)
    #expect(try Golden.difference("openapi.json", from: indented(answer.text)) == nil)
  }

  /// The same JSON, a line a member, so that a difference can be read.
  private func indented(_ json: String) -> String {
    var (text, depth, isInString, isEscaped) = ("", 0, false, false)
    func newLine() -> String { "\n" + String(repeating: "  ", count: depth) }
    for character in json {
      if isInString || character == "\"" {
        if character == "\"", !isEscaped { isInString.toggle() }
        isEscaped = character == "\\" && !isEscaped
        text.append(character)
        continue
      }
      switch character {
      case "{", "[":
        depth += 1
        text += "\(character)\(newLine())"
      case "}", "]":
        depth -= 1
        text += "\(newLine())\(character)"
      case ",": text += ",\(newLine())"
      case ":": text += ": "
      default: text.append(character)
      }
    }
    return text + "\n"
  }

  @Test func schema() throws {
    let text = try SchemaText.of(site.owner())
    #expect(try Golden.difference("schema.sql", from: text) == nil)
  }
}

@Suite("Golden file: the functions' edition")
struct EditionTests {
  private static let folder = Products.checkout + "/sql/functions"

  /// `assay migrate` of an older release must know that these functions are newer than its own.
  @Test func editionRisesWithEachChangeOfAFunction() throws {
    let functions = try FunctionFolder(Self.folder)
    let isRaised = functions.isWhole(DatabaseSchema.hash)
    if Golden.isRewriting, !isRaised {
      let text = "\(functions.edition + 1) \(functions.digest(DatabaseSchema.hash))\n"
      try Files.write("\(Self.folder)/edition", Array(text.utf8))
    } else {
      #expect(isRaised, "sql/functions has changed: make golden raises the edition")
    }
  }
}
