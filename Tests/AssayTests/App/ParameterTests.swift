import Assay
import HTTP
import Support
import Testing
import Web

/// The document's rules of query parameters hold for every route that has them.
@Suite("Parameters")
struct ParameterTests {
  @Test func parametersOutsideTheirRangeAreRefused() throws {
    try Neighbours.use { neighbours in
      let site = neighbours.site
      let admin = try site.person(.admin)
      let paths = try site.send("GET", "/openapi.json").json["paths"]
      var tried = 0
      for route in Routes.all where route.method == .get {
        let operation = try paths[OpenAPI.path(of: route, among: Routes.all)]["get"]
        guard try operation.keys.contains("parameters") else { continue }
        let path = try route.pattern.split(separator: "/").map { segment in
          guard segment.first == "{" else { return String(segment) }
          return try #require(neighbours.one.ids[String(segment.dropFirst().dropLast())])
        }.joined(separator: "/")
        for parameter in try operation["parameters"].elements {
          guard try parameter["in"].string == "query" else { continue }
          let name = try parameter["name"].string
          let schema = try parameter["schema"]
          var values = ["x", ""]
          if case .int(let most)? = try? schema["maximum"], most < Int.max {
            values.append("\(most + 1)")
          }
          if case .int(let least)? = try? schema["minimum"] { values.append("\(least - 1)") }
          for value in values {
            let answer = try site.send("GET", "/\(path)?\(name)=\(value)", as: admin)
            #expect([400, 422].contains(answer.status), "\(route.pattern)?\(name)=\(value)")
            tried += 1
          }
        }
      }
      #expect(tried > 40)
    }
  }
}
