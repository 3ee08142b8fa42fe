import Postgres
import Support
import Synchronization
import Testing

/// The reports about a server that goes away and comes back.
@Suite struct ServerWatchTests {
  private let reports = Reports()
  private let watch: ServerWatch
  private let database: String

  /// Received reports, and the clock of the watch.
  private final class Reports: Sendable {
    let all = Mutex<[ServerWatch.Report]>([])
    let seconds = Mutex(0)
    let began = ContinuousClock.now
  }

  init() throws {
    database = try TestServer.freshDatabase()
    watch = ServerWatch { [reports] in
      reports.began + .seconds(reports.seconds.withLock(\.self))
    }
    watch.report { [reports] report in reports.all.withLock { $0.append(report) } }
  }

  /// Opens a new connection with this conninfo.
  private func connect(_ conninfo: String) throws {
    var settings = ConnectionSettings()
    settings.watch = watch
    try Connection(conninfo, settings: settings).run("select 1")
  }

  private func fail() {
    #expect(postgresError { try connect("host=/nonexistent dbname=x") }?.isUnavailable == true)
  }

  private func pass(seconds: Int) { reports.seconds.withLock { $0 += seconds } }

  /// The reports, without the server's words.
  private var told: [String] {
    reports.all.withLock { reports in
      reports.map { report in
        switch report {
        case .away(let error): error.contains("/nonexistent") ? "away" : error
        case .back(let duration): "back after \(duration.components.seconds)"
        }
      }
    }
  }

  @Test func anAbsenceIsReportedOnceAndItsEndOnce() throws {
    try connect(database)
    #expect(told == [] && !watch.isAway)
    for _ in 0..<5 {
      fail()
      pass(seconds: 30)
    }
    #expect(told == ["away"] && watch.isAway)
    for _ in 0..<3 { try connect(database) }
    #expect(told == ["away", "back after 150"] && !watch.isAway)
  }

  @Test func aServerThatRefusesSomeConnectionsIsReportedOnceAMinute() throws {
    for _ in 0..<5 {
      fail()
      try connect(database)
      pass(seconds: 5)
    }
    #expect(told == ["away", "back after 0"])
    pass(seconds: 40)
    fail()
    #expect(told == ["away", "back after 0", "away"])
  }

  @Test func anAbsenceSoonAfterAnotherIsReportedWhenItLasts() throws {
    fail()
    try connect(database)
    pass(seconds: 10)
    fail()
    #expect(!watch.isAway)
    pass(seconds: 55)
    fail()
    #expect(told == ["away", "back after 0", "away"])
    try connect(database)
    #expect(told.last == "back after 55")
  }

  @Test func thePlaceOfADatabaseHasNoPassword() {
    #expect(
      Connection.place(
        in: "host=/run/x port=5433 dbname=assay user=me password=secret options=-cx=y")
        == "host=/run/x port=5433 dbname=assay")
    #expect(
      Connection.place(in: "postgresql://me:secret@db.example:5433/assay?sslpassword=secret")
        == "host=db.example port=5433 dbname=assay")
    #expect(Connection.place(in: "dbname='unfinished password=secret") == "")
  }
}
