import Assay
import HTTP
import Support
import Testing

@Suite("GET /health, GET /api/v1/health")
struct HealthTests {
  private static let paths = ["/health", "/api/v1/health"]

  @Test func aSiteWithItsDatabaseIsHealthy() throws {
    let site = try TestSite()
    let plain = try site.send("GET", "/health")
    #expect(plain.status == 200)
    #expect(plain.text == #"{"status":"healthy","ai_detector":"off"}"#)
    let answer = try site.send("GET", "/api/v1/health")
    #expect(answer.status == 200)
    #expect(answer.keys == ["status", "timestamp", "version", "environment"])
    #expect(try answer.json["status"].string == "healthy")
    #expect(try isTime(answer.json["timestamp"].string))
    #expect(try answer.json["version"].string == Documentation.version)
  }

  @Test(arguments: paths) func aSiteWithoutItsDatabaseIsNot(path: String) throws {
    let site = try TestSite()
    let cutOff = Client(site.site, database: "host=/nonexistent dbname=none")
    for _ in 1...2 {
      let answer = try cutOff.send("GET", path)
      #expect(answer.status == 503)
      #expect(answer.headers["Retry-After"] == "1")
      #expect(answer.keys.contains("request_id") || path != "/health")
      #expect(!answer.text.contains("nonexistent"))
    }
  }

  @Test(arguments: paths) func aTokenIsIgnored(path: String) throws {
    let nobody = Person(username: "nobody", token: "no token")
    #expect(try TestSite().send("GET", path, as: nobody).status == 200)
  }
}
